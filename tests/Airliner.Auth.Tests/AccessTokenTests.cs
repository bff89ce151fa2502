using System.IdentityModel.Tokens.Jwt;
using Airliner.Testing;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace Airliner.Auth.Tests;

public sealed class AccessTokenTests(RunningSystem system)
{
    private static readonly Uri _keys = new("/.well-known/jwks.json", UriKind.Relative);

    [Fact]
    public async Task A_users_token_has_what_the_contract_says_and_nothing_else()
    {
        var user = await system.NewUserAsync();

        var header = Jwt.Header(user.AccessToken);
        var payload = Jwt.Payload(user.AccessToken);

        Assert.Equal(["alg", "kid", "typ"], header.Select(member => member.Key).Order(StringComparer.Ordinal));
        Assert.Equal(("ES256", "at+jwt"), ((string?)header["alg"], (string?)header["typ"]));
        Assert.Equal(
            ["aud", "client_id", "exp", "iat", "iss", "jti", "preferred_username", "roles", "sid", "sub"],
            payload.Select(member => member.Key).Order(StringComparer.Ordinal));
        Assert.Equal((system.Issuer, "airliner", "airliner"), ((string?)payload["iss"], (string?)payload["aud"], (string?)payload["client_id"]));
        Assert.Equal(($"{user.UserId}", user.Username), ((string?)payload["sub"], (string?)payload["preferred_username"]));
        Assert.Equal("[\"user\"]", payload["roles"]!.ToJsonString());
        Assert.Equal(900, (long)payload["exp"]! - (long)payload["iat"]!);
    }

    [Fact]
    public async Task A_machine_clients_token_has_its_scope_and_no_session()
    {
        var payload = Jwt.Payload(await system.ServiceTokenAsync());

        Assert.Equal(
            ["aud", "client_id", "exp", "iat", "iss", "jti", "roles", "scope", "sub"], payload.Select(member => member.Key).Order(StringComparer.Ordinal));
        Assert.Equal((system.ServiceClientId, system.ServiceClientId), ((string?)payload["sub"], (string?)payload["client_id"]));
        Assert.Equal(("tasks.work", "[\"service\"]"), ((string?)payload["scope"], payload["roles"]!.ToJsonString()));
    }

    [Fact]
    public async Task Every_token_has_an_id_and_every_login_a_session_of_its_own()
    {
        var user = await system.NewUserAsync();
        var second = Jwt.Payload(await system.LogInAsync(user.Username, user.Password));

        Assert.NotEqual((string?)Jwt.Payload(user.AccessToken)["jti"], (string?)second["jti"]);
        Assert.NotEqual((string?)Jwt.Payload(user.AccessToken)["sid"], (string?)second["sid"]);
    }

    [Fact]
    public async Task The_published_keys_are_all_that_another_library_needs()
    {
        var user = await system.NewUserAsync();
        var keys = new JsonWebKeySet(await system.Auth.Http.GetStringAsync(_keys, TestContext.Current.CancellationToken));

        var handler = new JwtSecurityTokenHandler { MapInboundClaims = false };
        var principal = handler.ValidateToken(user.AccessToken, new TokenValidationParameters
        {
            ValidIssuer = system.Issuer,
            ValidAudience = "airliner",
            ValidTypes = ["at+jwt"],
            IssuerSigningKeys = keys.GetSigningKeys(),
        }, out _);

        Assert.Equal($"{user.UserId}", principal.FindFirst("sub")!.Value);
    }

    [Fact]
    public async Task The_published_keys_hold_nothing_private()
    {
        using var answer = await system.Auth.Http.GetAsync(_keys, TestContext.Current.CancellationToken);

        var keys = (await answer.JsonAsync()).GetProperty("keys");
        Assert.All(keys.EnumerateArray(), key => Assert.Equal(["kty", "use", "alg", "crv", "kid", "x", "y"], key.EnumerateObject().Select(member => member.Name)));
    }
}
