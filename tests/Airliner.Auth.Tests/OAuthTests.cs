using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Airliner.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Airliner.Auth.Tests;

/// <summary>The token endpoint as RFC 6749 has it, and the metadata as RFC 8414 has it.</summary>
public sealed class OAuthTests(RunningSystem system)
{
    private static readonly Uri _token = new("/oauth2/token", UriKind.Relative);

    [Fact]
    public async Task A_client_gets_a_token_by_Basic_and_by_the_form()
    {
        using var basic = await PostAsync(Basic(system.ServiceClientId, system.ServiceClientSecret), ("grant_type", "client_credentials"));
        using var form = await PostAsync(null, ("grant_type", "client_credentials"), ("client_id", system.ServiceClientId), ("client_secret", system.ServiceClientSecret));

        foreach (var answer in new[] { basic, form })
        {
            var json = await answer.JsonAsync();
            Assert.Equal(["access_token", "token_type", "expires_in", "scope"], json.EnumerateObject().Select(member => member.Name));
            Assert.Equal(("Bearer", 900, "tasks.work"), (json.GetProperty("token_type").GetString(), json.GetProperty("expires_in").GetInt32(), json.GetProperty("scope").GetString()));
            Assert.Equal(("no-store", "no-cache"), (answer.Headers.CacheControl?.ToString(), answer.Headers.Pragma.ToString()));
        }
    }

    [Fact]
    public async Task A_client_authenticates_in_one_way_in_a_request()
    {
        using var answer = await PostAsync(
            Basic(system.ServiceClientId, system.ServiceClientSecret), ("grant_type", "client_credentials"), ("client_id", "c_other"), ("client_secret", "x"));

        await ErrorAsync(answer, HttpStatusCode.BadRequest, "invalid_request");
    }

    [Theory]
    [InlineData(" ", "tasks.work")]
    [InlineData("tasks.work  tasks.work", "tasks.work")]
    public async Task A_scope_is_granted_once_and_a_blank_one_stands_for_all(string scope, string granted)
    {
        using var answer = await PostAsync(Basic(system.ServiceClientId, system.ServiceClientSecret), ("grant_type", "client_credentials"), ("scope", scope));

        Assert.Equal(granted, (await answer.JsonAsync()).GetProperty("scope").GetString());
    }

    [Fact]
    public async Task A_form_in_a_charset_that_is_not_taken_is_an_invalid_request()
    {
        using var form = new StringContent("grant_type=client_credentials");
        form.Headers.Remove("Content-Type");
        form.Headers.TryAddWithoutValidation("Content-Type", "application/x-www-form-urlencoded; charset=utf-7");
        using var answer = await system.Auth.Http.PostAsync(new Uri("/oauth2/token", UriKind.Relative), form, TestContext.Current.CancellationToken);

        await ErrorAsync(answer, HttpStatusCode.BadRequest, "invalid_request");
    }

    [Fact]
    public async Task What_is_not_there_is_an_invalid_request()
    {
        using var answer = await system.Auth.SendAsync(HttpMethod.Post, "/oauth2/authorize");

        await ErrorAsync(answer, HttpStatusCode.NotFound, "invalid_request");
    }

    [Fact]
    public async Task A_wrong_secret_and_an_unknown_client_are_answered_alike()
    {
        var bodies = new List<string>();
        foreach (var (id, secret) in new[]
        {
            (system.ServiceClientId, "wrong"), ("c_nobody", system.ServiceClientSecret), ("nobody", "x"), ("c_nul\0", "x"), ("c_" + new string('c', 5_000), "x"),
        })
        {
            using var answer = await PostAsync(Basic(id, secret), ("grant_type", "client_credentials"));
            bodies.Add((await ErrorAsync(answer, HttpStatusCode.Unauthorized, "invalid_client")).ToString());
            Assert.StartsWith("Basic", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        }

        using var form = await PostAsync(null, ("grant_type", "client_credentials"), ("client_id", "c_nul\0"), ("client_secret", "x"));
        await ErrorAsync(form, HttpStatusCode.BadRequest, "invalid_request");
        Assert.Equal(bodies[0], bodies[1]);
    }

    [Fact]
    public async Task Client_ids_that_were_made_up_leave_nothing_in_memory()
    {
        var management = system.Silo.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0);
        var madeUp = Enumerable.Range(0, 50).Select(i => $"c_madeup{i}").ToList();

        foreach (var id in madeUp)
        {
            using var answer = await PostAsync(Basic(id, "secret"), ("grant_type", "client_credentials"));
            await ErrorAsync(answer, HttpStatusCode.Unauthorized, "invalid_client");
        }

        await Eventually.Is(0, LeftAsync);

        async Task<int> LeftAsync() => (await management.GetDetailedGrainStatistics()).Count(one => madeUp.Contains(one.GrainId.Key.ToString()!));
    }

    [Fact]
    public async Task A_client_that_does_not_authenticate_is_refused()
    {
        using var none = await PostAsync(null, ("grant_type", "client_credentials"));
        await ErrorAsync(none, HttpStatusCode.Unauthorized, "invalid_client");
        using var garbage = await PostAsync(new AuthenticationHeaderValue("Basic", "%%%"), ("grant_type", "client_credentials"));
        await ErrorAsync(garbage, HttpStatusCode.Unauthorized, "invalid_client");
    }

    [Theory]
    [InlineData("invalid_scope", "grant_type=client_credentials&scope=tasks.work+everything")]
    [InlineData("unsupported_grant_type", "grant_type=password")]
    [InlineData("invalid_request", "scope=tasks.work")]
    [InlineData("invalid_request", "grant_type=")]
    [InlineData("invalid_request", "grant_type=client_credentials&grant_type=client_credentials")]
    public async Task A_request_that_is_wrong_is_told_why(string error, string form)
    {
        using var answer = await SendAsync(Basic(system.ServiceClientId, system.ServiceClientSecret), new StringContent(form, Encoding.ASCII, "application/x-www-form-urlencoded"));

        await ErrorAsync(answer, HttpStatusCode.BadRequest, error);
    }

    [Fact]
    public async Task A_JSON_body_and_a_form_without_bounds_are_invalid_requests()
    {
        using var json = await SendAsync(null, JsonContent.Create(new { grant_type = "client_credentials" }));
        await ErrorAsync(json, HttpStatusCode.BadRequest, "invalid_request");
        using var none = await SendAsync(null, null);
        await ErrorAsync(none, HttpStatusCode.BadRequest, "invalid_request");
        var members = string.Join('&', Enumerable.Range(0, 5000).Select(i => $"m{i}=1"));
        using var many = await SendAsync(null, new StringContent(members, Encoding.ASCII, "application/x-www-form-urlencoded"));
        await ErrorAsync(many, HttpStatusCode.BadRequest, "invalid_request");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("airliner")]
    public async Task A_user_refreshes_by_OAuth_as_a_public_client(string? clientId)
    {
        var first = await RefreshTokenAsync();
        List<(string, string)> form = [("grant_type", "refresh_token"), ("refresh_token", first)];
        if (clientId is not null)
            form.Add(("client_id", clientId));

        using var answer = await PostAsync(null, [.. form]);

        var json = await answer.JsonAsync();
        Assert.Equal(["access_token", "token_type", "expires_in", "refresh_token"], json.EnumerateObject().Select(member => member.Name));
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
        // The grace is one for both routes, as the family is.
        using var again = await system.Auth.SendAsync(HttpMethod.Post, "/api/v1/airliner/refreshToken", body: new { refreshToken = first });
        Assert.Equal(json.GetProperty("refresh_token").GetString(), (await again.JsonAsync()).GetProperty("refreshToken").GetString());
    }

    [Fact]
    public async Task A_refresh_token_that_is_spent_or_made_up_is_an_invalid_grant()
    {
        var first = await RefreshTokenAsync();
        using var second = await PostAsync(null, ("grant_type", "refresh_token"), ("refresh_token", first));
        using var third = await PostAsync(null, ("grant_type", "refresh_token"), ("refresh_token", (await second.JsonAsync()).GetProperty("refresh_token").GetString()!));
        await third.JsonAsync();

        foreach (var token in new[] { first, "1000.made.up" })
        {
            using var answer = await PostAsync(null, ("grant_type", "refresh_token"), ("refresh_token", token));
            await ErrorAsync(answer, HttpStatusCode.BadRequest, "invalid_grant");
        }
    }

    [Fact]
    public async Task A_refresh_that_is_not_a_users_is_told_why_and_spends_nothing()
    {
        var token = await RefreshTokenAsync();
        using var machine = await PostAsync(Basic(system.ServiceClientId, system.ServiceClientSecret), ("grant_type", "refresh_token"), ("refresh_token", token));
        await ErrorAsync(machine, HttpStatusCode.BadRequest, "unauthorized_client");
        using var named = await PostAsync(null, ("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", system.ServiceClientId));
        await ErrorAsync(named, HttpStatusCode.BadRequest, "unauthorized_client");
        using var scope = await PostAsync(null, ("grant_type", "refresh_token"), ("refresh_token", token), ("scope", "tasks.work"));
        await ErrorAsync(scope, HttpStatusCode.BadRequest, "invalid_scope");
        using var none = await PostAsync(null, ("grant_type", "refresh_token"));
        await ErrorAsync(none, HttpStatusCode.BadRequest, "invalid_request");

        using var own = await PostAsync(null, ("grant_type", "refresh_token"), ("refresh_token", token));
        await own.JsonAsync();
    }

    [Fact]
    public async Task The_metadata_names_what_is_there()
    {
        using var answer = await system.Auth.SendAsync(HttpMethod.Get, "/.well-known/oauth-authorization-server");

        var metadata = await answer.JsonAsync();
        Assert.Equal(system.Issuer, metadata.GetProperty("issuer").GetString());
        Assert.Equal(["client_credentials", "refresh_token"], metadata.GetProperty("grant_types_supported").EnumerateArray().Select(grant => grant.GetString()));
        Assert.Equal($"{system.Issuer}/oauth2/token", metadata.GetProperty("token_endpoint").GetString());
        using var keys = await system.Auth.Http.GetAsync(new Uri(metadata.GetProperty("jwks_uri").GetString()!), TestContext.Current.CancellationToken);
        Assert.NotEqual(0, (await keys.JsonAsync()).GetProperty("keys").GetArrayLength());
    }

    private async Task<string> RefreshTokenAsync()
    {
        var user = await system.NewUserAsync();
        using var login = await system.Auth.SendAsync(HttpMethod.Post, "/api/v1/airliner/login", body: new { user.Username, user.Password });
        return (await login.JsonAsync()).GetProperty("refreshToken").GetString()!;
    }

    private static AuthenticationHeaderValue Basic(string id, string secret) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(id)}:{Uri.EscapeDataString(secret)}")));

    private static async Task<JsonElement> ErrorAsync(HttpResponseMessage answer, HttpStatusCode status, string error)
    {
        var json = await answer.JsonAsync(status);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(["error", "error_description"], json.EnumerateObject().Select(member => member.Name));
        Assert.Equal(error, json.GetProperty("error").GetString());
        return json;
    }

    private Task<HttpResponseMessage> PostAsync(AuthenticationHeaderValue? authorization, params (string Name, string Value)[] form) =>
        SendAsync(authorization, new FormUrlEncodedContent(form.Select(member => KeyValuePair.Create(member.Name, member.Value))));

    private async Task<HttpResponseMessage> SendAsync(AuthenticationHeaderValue? authorization, HttpContent? content)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _token) { Content = content };
        request.Headers.Authorization = authorization;
        return await system.Auth.Http.SendAsync(request);
    }
}
