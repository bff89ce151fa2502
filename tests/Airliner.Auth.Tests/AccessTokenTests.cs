using System.IdentityModel.Tokens.Jwt;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Airliner.Contracts.Auth;
using Airliner.Testing;
using Microsoft.Extensions.DependencyInjection;
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

    [Fact]
    public async Task What_is_signed_by_our_key_and_says_what_we_say_is_good()
    {
        var user = await system.NewUserAsync();
        using var ours = await OursAsync();

        // The forgeries below differ from this one by one thing each.
        Assert.Equal(HttpStatusCode.OK, await AskAsync(user, Jwt.Sign(Jwt.Header(user.AccessToken), Jwt.Payload(user.AccessToken), Jwt.Es256(ours))));
    }

    [Theory]
    [InlineData("typ", "JWT")]
    [InlineData("typ", null)]
    [InlineData("alg", "none")]
    [InlineData("alg", "HS256")]
    [InlineData("kid", "another")]
    [InlineData("kid", null)]
    public async Task A_header_that_differs_is_refused(string member, string? value)
    {
        var user = await system.NewUserAsync();
        using var ours = await OursAsync();
        var header = Jwt.Header(user.AccessToken);
        Set(header, member, value);

        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(user, Jwt.Sign(header, Jwt.Payload(user.AccessToken), Jwt.Es256(ours))));
    }

    [Theory]
    [InlineData("iss", "http://elsewhere")]
    [InlineData("iss", null)]
    [InlineData("aud", "elsewhere")]
    [InlineData("aud", null)]
    [InlineData("exp", null)]
    [InlineData("exp", "past")]
    public async Task A_claim_that_differs_is_refused(string claim, string? value)
    {
        var user = await system.NewUserAsync();
        using var ours = await OursAsync();
        var payload = Jwt.Payload(user.AccessToken);
        Set(payload, claim, value);
        if (value == "past")
            payload["exp"] = (long)Jwt.Payload(user.AccessToken)["iat"]! - 60;

        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(user, Jwt.Sign(Jwt.Header(user.AccessToken), payload, Jwt.Es256(ours))));
    }

    [Fact]
    public async Task A_token_without_a_signature_is_refused()
    {
        var user = await system.NewUserAsync();
        var header = Jwt.Header(user.AccessToken);
        header["alg"] = "none";

        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(user, Jwt.Sign(header, Jwt.Payload(user.AccessToken), _ => [])));
    }

    [Fact]
    public async Task A_public_key_used_as_a_secret_is_refused()
    {
        var user = await system.NewUserAsync();
        var header = Jwt.Header(user.AccessToken);
        header["alg"] = "HS256";
        using var ours = await OursAsync();

        foreach (var secret in new[] { ours.ExportSubjectPublicKeyInfo(), Encoding.ASCII.GetBytes(ours.ExportSubjectPublicKeyInfoPem()) })
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(user, Jwt.Sign(header, Jwt.Payload(user.AccessToken), data => HMACSHA256.HashData(secret, data))));
    }

    [Fact]
    public async Task Another_key_under_our_keys_id_is_refused()
    {
        var user = await system.NewUserAsync();
        using var theirs = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(user, Jwt.Sign(Jwt.Header(user.AccessToken), Jwt.Payload(user.AccessToken), Jwt.Es256(theirs))));
    }

    [Fact]
    public async Task A_token_that_was_cut_or_changed_is_refused()
    {
        var user = await system.NewUserAsync();
        var parts = user.AccessToken.Split('.');
        var admin = Jwt.Payload(user.AccessToken);
        admin["roles"] = new JsonArray("admin");

        foreach (var token in new[]
        {
            user.AccessToken[..^1],
            $"{parts[0]}.{parts[1]}",
            $"{parts[0]}.{parts[1]}.",
            $"{parts[0]}.{Jwt.Sign(Jwt.Header(user.AccessToken), admin, _ => []).Split('.')[1]}.{parts[2]}",
        })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(user, token));
        }
    }

    private static void Set(JsonObject json, string member, string? value)
    {
        if (value is null)
            json.Remove(member);
        else
            json[member] = value;
    }

    private async Task<HttpStatusCode> AskAsync(Account user, string token)
    {
        using var answer = await system.Users.SendAsync(HttpMethod.Get, $"/api/v1/airliner/users/{user.UserId}", token);
        return answer.StatusCode;
    }

    /// <summary>The key that signs, which no forger has.</summary>
    private async Task<ECDsa> OursAsync()
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey((await system.Silo.GetRequiredService<IGrainFactory>().GetGrain<ISigningKeysGrain>(0).GetSigningKey()).PrivateKey, out _);
        return key;
    }
}
