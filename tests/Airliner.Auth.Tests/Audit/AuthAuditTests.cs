using System.Net;
using System.Text.Json;
using Airliner.Auth.Tests.Guard;
using Airliner.Testing;
using Airliner.Users.V1;
using Grpc.Core;
using Xunit;

namespace Airliner.Auth.Tests.Audit;

/// <summary>The audit log of Token Management: logins, sessions, machine clients, keys.</summary>
public sealed class AuthAuditTests(RunningSystem system)
{
    private const string Auth = "/api/v1/airliner";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Logins_and_the_ends_of_sessions_are_in_the_log()
    {
        var user = await system.NewUserAsync();
        var second = await system.LogInAsync(user.Username, user.Password);

        await SucceedAsync(HttpMethod.Post, $"{Auth}/logout", second);
        await SucceedAsync(HttpMethod.Delete, $"{Auth}/sessions?userId={user.UserId}", await system.AdminTokenAsync());

        var entries = await system.AuditOfAsync(system.Auth, user.UserId);
        Assert.Equal(["user_logged_in", "user_logged_in", "session_revoked", "session_revoked"], entries.Select(entry => entry.Action()));
        Assert.Equal(["anonymous", "anonymous", $"user {user.UserId}"], entries.Take(3).Select(entry => entry.Actor()));
        Assert.StartsWith("user ", entries[3].Actor(), StringComparison.Ordinal);
        Assert.NotEqual($"user {user.UserId}", entries[3].Actor());
        Assert.Equal(["logged_out", "ended"], entries.Skip(2).Select(entry => entry.GetProperty("details").GetProperty("reason").GetString()));
        Assert.Equal(SessionOf(entries[1]), SessionOf(entries[2]));
        Assert.Equal(SessionOf(entries[0]), SessionOf(entries[3]));
    }

    [Fact]
    public async Task Failed_logins_of_an_account_are_in_the_log_until_they_are_held_back()
    {
        var user = await system.NewUserAsync();
        var address = Attempts.NewAddress();

        for (var attempt = 0; attempt < 7; attempt++)
            await system.LogInAsync(address, user.Username, "wrong horse");

        var entries = (await system.AuditOfAsync(system.Auth, user.UserId)).Where(entry => entry.GetProperty("sourceAddress").GetString() == address).ToArray();
        Assert.Equal([.. Enumerable.Repeat("login_failed", 5), "account_locked"], entries.Select(entry => entry.Action()));
        Assert.All(entries, entry => Assert.Equal("anonymous", entry.Actor()));
    }

    [Fact]
    public async Task A_refresh_token_that_is_used_again_is_in_the_log()
    {
        var user = await system.NewUserAsync();
        using var login = await system.Auth.SendAsync(HttpMethod.Post, $"{Auth}/login", body: new { username = user.Username, password = user.Password });
        var first = (await login.JsonAsync()).GetProperty("refreshToken").GetString();
        var next = first;
        for (var refresh = 0; refresh < 2; refresh++)
        {
            using var refreshed = await system.Auth.SendAsync(HttpMethod.Post, $"{Auth}/refreshToken", body: new { refreshToken = next });
            next = (await refreshed.JsonAsync()).GetProperty("refreshToken").GetString();
        }

        using var reused = await system.Auth.SendAsync(HttpMethod.Post, $"{Auth}/refreshToken", body: new { refreshToken = first });
        await reused.ProblemAsync(HttpStatusCode.Unauthorized, "UNAUTHORIZED");

        var entries = await system.AuditOfAsync(system.Auth, user.UserId);
        Assert.Equal(["refresh_token_reused", "session_revoked"], entries.TakeLast(2).Select(entry => entry.Action()));
        Assert.DoesNotContain(entries, entry => entry.ToString().Contains(first!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_becomes_of_a_machine_client_and_its_token_is_in_the_log()
    {
        var admin = await system.AdminTokenAsync();
        using var made = await system.Auth.SendAsync(HttpMethod.Post, $"{Auth}/clients", admin, new { name = "audited" });
        var client = (await made.JsonAsync(HttpStatusCode.Created)).GetProperty("client");
        var (id, secret) = (client.GetProperty("clientId").GetString()!, client.GetProperty("clientSecret").GetString()!);
        using var issued = await PostAsync("/oauth2/token", id, secret, ("grant_type", "client_credentials"));
        var token = (await issued.JsonAsync()).GetProperty("access_token").GetString()!;
        using var revoked = await PostAsync("/oauth2/revoke", id, secret, ("token", token));
        Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
        await SucceedAsync(HttpMethod.Post, $"{Auth}/clients/{id}/secret", admin);
        await SucceedAsync(HttpMethod.Delete, $"{Auth}/clients/{id}", admin);

        var entries = await EntriesOfClientAsync(id);

        Assert.Equal(["client_created", "token_revoked", "client_secret_rotated", "client_deleted"], entries.Select(entry => entry.Action()));
        Assert.Equal($"client {id}", entries[1].Actor());
        Assert.All(new[] { entries[0], entries[2], entries[3] }, entry => Assert.StartsWith("user ", entry.Actor(), StringComparison.Ordinal));
        Assert.DoesNotContain(entries, entry => entry.ToString().Contains(secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_password_that_a_machine_client_asked_about_is_the_clients_doing_from_where_the_user_is()
    {
        var user = await system.NewUserAsync();
        var users = new UserValidation.UserValidationClient(system.Users.Grpc);
        var headers = new Metadata { { "authorization", $"Bearer {await system.ServiceTokenAsync()}" } };

        await users.ValidateCredentialsAsync(new ValidateCredentialsRequest { UserId = user.UserId, Password = "wrong horse", SourceAddress = "198.51.100.7" }, headers, cancellationToken: Token);

        var entry = (await system.AuditOfAsync(system.Auth, user.UserId))[^1];
        Assert.Equal(("login_failed", $"client {system.ServiceClientId}", "198.51.100.7"), (entry.Action(), entry.Actor(), entry.GetProperty("sourceAddress").GetString()));
    }

    [Fact]
    public async Task The_signing_key_is_in_the_log_as_the_systems_doing()
    {
        await system.NewUserAsync();

        var announced = await EntryAsync("signing_key_announced");

        Assert.Equal("system", announced.Actor());
        Assert.NotEmpty(announced.GetProperty("details").GetProperty("keyId").GetString()!);
        Assert.Equal(JsonValueKind.Null, announced.GetProperty("sourceAddress").ValueKind);
    }

    [Theory]
    [InlineData("userId", "userId=somebody")]
    [InlineData("limit", "limit=0")]
    public async Task A_list_that_cannot_be_asked_for_is_told_why(string field, string query)
    {
        using var answer = await system.Auth.SendAsync(HttpMethod.Get, $"{Auth}/audit?{query}", await system.AdminTokenAsync());

        await answer.InvalidAsync(field);
    }

    private static string? SessionOf(JsonElement entry) => entry.GetProperty("details").GetProperty("sessionId").GetString();

    /// <summary>The newest entry of an action, wherever it is in the log.</summary>
    private async Task<JsonElement> EntryAsync(string action) => await NewestFirstAsync().FirstAsync(entry => entry.Action() == action, Token);

    /// <summary>The entries about a machine client since it was made, the oldest first.</summary>
    private async Task<IReadOnlyList<JsonElement>> EntriesOfClientAsync(string clientId)
    {
        var entries = new List<JsonElement>();
        await foreach (var entry in NewestFirstAsync())
        {
            if (entry.GetProperty("clientId").GetString() != clientId)
                continue;
            entries.Insert(0, entry);
            if (entry.Action() == "client_created")
                break;
        }

        return entries;
    }

    private async IAsyncEnumerable<JsonElement> NewestFirstAsync()
    {
        var admin = await system.AdminTokenAsync();
        for (var cursor = ""; cursor is not null;)
        {
            using var answer = await system.Auth.SendAsync(HttpMethod.Get, $"{Auth}/audit?limit=200&cursor={cursor}", admin);
            var page = await answer.JsonAsync();
            foreach (var entry in page.GetProperty("audit").EnumerateArray())
                yield return entry;
            cursor = page.GetProperty("pagination").GetProperty("nextCursor").GetString();
        }
    }

    private async Task SucceedAsync(HttpMethod method, string path, string token)
    {
        using var answer = await system.Auth.SendAsync(method, path, token);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Token));
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string clientId, string secret, (string Name, string Value) member)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["client_id"] = clientId, ["client_secret"] = secret, [member.Name] = member.Value });
        return await system.Auth.Http.PostAsync(new Uri(path, UriKind.Relative), form, Token);
    }
}
