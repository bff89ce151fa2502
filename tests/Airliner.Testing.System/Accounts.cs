using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Airliner.Contracts.Events;
using Airliner.Contracts.Users;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Airliner.Testing;

/// <summary>A user that a test made, logged in.</summary>
public sealed record Account(long UserId, string Username, string Email, string Password, string AccessToken);

/// <summary>Accounts and tokens of the <see cref="RunningSystem"/>, got as any client gets them.</summary>
public static class Accounts
{
    /// <summary>Registers a user of a name that nobody else has, and logs in.</summary>
    public static async Task<Account> NewUserAsync(this RunningSystem system)
    {
        var username = $"u{Guid.NewGuid():n}"[..20];
        var body = new { username, email = $"{username}@example.com", password = $"pw-{Guid.NewGuid():n}", firstName = "Ada", lastName = "Byron", dateOfBirth = "1985-12-10" };
        var registered = await AnswerAsync(await system.Users.Http.PostAsJsonAsync("/api/v1/airliner/registerUser", body));
        var token = await system.LogInAsync(username, body.password);
        return new(registered.GetProperty("user").GetProperty("userId").GetInt64(), username, body.email, body.password, token);
    }

    /// <summary>The same, who has shown that the address is his: no other is mailed what tasks say.</summary>
    public static async Task<Account> NewVerifiedUserAsync(this RunningSystem system)
    {
        var user = await system.NewUserAsync();
        var events = await system.ReadTopicAsync(Topics.UserRegistration, read => read.Any(IsRequest));
        var grain = system.Silo.GetRequiredService<IGrainFactory>().GetGrain<IUserGrain>(user.UserId);
        var mail = await grain.GetCode(CodePurpose.EmailVerification, events.Last(IsRequest).Value.GetProperty("codeId").GetString()!);
        Assert.Equal(CodeOutcome.Accepted, await grain.VerifyEmail(new UseCode($"{Guid.NewGuid():n}", mail!.Code)));
        return user;

        bool IsRequest(ReceivedEvent record) => record.Key == $"{user.UserId}" && record.Value.GetProperty("eventType").GetString() == "user_email_verification_requested";
    }

    /// <summary>The access token of a new login.</summary>
    public static async Task<string> LogInAsync(this RunningSystem system, string username, string password)
    {
        var answer = await AnswerAsync(await system.Auth.Http.PostAsJsonAsync("/api/v1/airliner/login", new { username, password }));
        return answer.GetProperty("accessToken").GetString()!;
    }

    public static Task<string> AdminTokenAsync(this RunningSystem system) => system.LogInAsync(system.AdminUsername, system.AdminPassword);

    /// <summary>An access token of the machine client, with all its scopes.</summary>
    public static async Task<string> ServiceTokenAsync(this RunningSystem system)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = system.ServiceClientId,
            ["client_secret"] = system.ServiceClientSecret,
        });
        var answer = await AnswerAsync(await system.Auth.Http.PostAsync(new Uri("/oauth2/token", UriKind.Relative), form));
        return answer.GetProperty("access_token").GetString()!;
    }

    /// <summary>Sends a request, with a token and a JSON body where they are given.</summary>
    public static async Task<HttpResponseMessage> SendAsync(this RunningGateway gateway, HttpMethod method, string path, string? token = null, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body, body.GetType()) };
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await gateway.Http.SendAsync(request);
    }

    private static async Task<JsonElement> AnswerAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            var text = await answer.Content.ReadAsStringAsync();
            return answer.IsSuccessStatusCode
                ? JsonSerializer.Deserialize<JsonElement>(text)
                : throw new InvalidOperationException($"{answer.RequestMessage!.RequestUri} answered {(int)answer.StatusCode}: {text}");
        }
    }
}
