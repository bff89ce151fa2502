using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Airliner.Auth.V1;
using Airliner.Contracts.Auth;
using Airliner.Testing;
using Airliner.Users.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Airliner.Gateways.Tests.Secrets;

/// <summary>Uses every route that takes or answers a secret, with right ones and wrong ones.</summary>
internal sealed class SecretRun(RunningSystem system)
{
    private const string Prefix = "/api/v1/airliner";

    private readonly ConcurrentQueue<string> _refusals = new();

    public SecretList Secrets { get; } = new();

    /// <summary>The bodies of all answers that refused something.</summary>
    public IReadOnlyCollection<string> Refusals => _refusals;

    public long UserId { get; private set; }

    public async Task RunAsync()
    {
        Secrets.Add("the administrator's password", system.AdminPassword);
        Secrets.Add("the first machine client's secret", system.ServiceClientSecret);
        var key = await system.Silo.GetRequiredService<IGrainFactory>().GetGrain<ISigningKeysGrain>(0).GetSigningKey();
        Secrets.Add("the private key that signs", key.PrivateKey);
        var admin = Secrets.AddToken("the administrator's token", await system.AdminTokenAsync());
        var service = Secrets.AddToken("the machine client's token", await system.ServiceTokenAsync());

        var username = $"u{Guid.NewGuid():n}"[..20];
        var password = New("password");
        await RegisterAsync(username, password);
        await RegisterAsync(username, New("another's password"));
        await RegisterAsync($"{username}!", New("password of a wrong name"));
        await LogInAsync(username, password);
        password = await ChangePasswordAsync(username, password, admin);
        await RefreshAsync(username, password);
        await UseClientsAsync(admin);
        await UseWebhooksAsync(admin);
        await UsePushAsync(admin);
        await UseGrpcAsync(username, password, service);
    }

    private async Task RegisterAsync(string username, string password)
    {
        var body = new { username, email = $"{username}@example.com", password, firstName = "Ada", lastName = "Byron" };
        if (await SendAsync(system.Users, HttpMethod.Post, $"{Prefix}/registerUser", body: body) is { } registered)
            UserId = registered.GetProperty("user").GetProperty("userId").GetInt64();
    }

    private async Task LogInAsync(string username, string password)
    {
        await OpenAsync("login", new { username, password });
        await OpenAsync("login", new { username = $"{username}@example.com", password });
        await OpenAsync("login", new { username, password = New("wrong password") });
        await OpenAsync("login", new { username = $"nobody-{Guid.NewGuid():n}", password = New("password of nobody") });
        await OpenAsync("login", new { username, password = (object)new[] { New("password of the wrong type") } });
        await OpenAsync("login", new { username, password = New("password that is too long") + new string('x', 128) });
        await OpenAsync("generateToken", new { userId = UserId, username, password });
        await OpenAsync("generateToken", new { userId = UserId + 1, username, password });
        using var cut = new StringContent($$"""{"username":"{{username}}","password":"{{New("password in a body that is cut")}}""", Encoding.UTF8, "application/json");
        await ReadAsync(await system.Auth.Http.PostAsync(new Uri($"{Prefix}/login", UriKind.Relative), cut));
    }

    /// <summary>By the user, wrongly and rightly, and by an administrator.</summary>
    private async Task<string> ChangePasswordAsync(string username, string password, string admin)
    {
        var path = $"{Prefix}/users/{UserId}/password";
        var own = (await OpenAsync("login", new { username, password }))!.Value.AccessToken;
        await SendAsync(system.Users, HttpMethod.Put, path, own, new { oldPassword = New("wrong old password"), newPassword = New("refused new password") });
        await SendAsync(system.Users, HttpMethod.Put, path, own, new { oldPassword = password, newPassword = $"{username}{username[..4]}" });
        var changed = New("changed password");
        await SendAsync(system.Users, HttpMethod.Put, path, own, new { oldPassword = password, newPassword = changed });
        var set = New("password that an administrator set");
        await SendAsync(system.Users, HttpMethod.Put, path, admin, new { newPassword = set });
        return set;
    }

    private async Task RefreshAsync(string username, string password)
    {
        var (access, first) = (await OpenAsync("login", new { username, password }))!.Value;
        var second = (await OpenAsync("refreshToken", new { refreshToken = first }))!.Value.RefreshToken;
        await OpenAsync("refreshToken", new { refreshToken = second });
        // Spent by its successor's use: the family ends.
        await OpenAsync("refreshToken", new { refreshToken = first });
        await OpenAsync("refreshToken", new { refreshToken = New("refresh token of nobody") });
        await SendAsync(system.Auth, HttpMethod.Post, $"{Prefix}/logout", access);
        await SendAsync(system.Users, HttpMethod.Get, $"{Prefix}/users/{UserId}", $"{access}x");
    }

    private async Task UseClientsAsync(string admin)
    {
        var made = (await SendAsync(system.Auth, HttpMethod.Post, $"{Prefix}/clients", admin, new { name = "secrets" }))!.Value.GetProperty("client");
        var (id, secret) = (made.GetProperty("clientId").GetString()!, Secrets.Add("a client's secret", made.GetProperty("clientSecret").GetString()!));
        var rotated = (await SendAsync(system.Auth, HttpMethod.Post, $"{Prefix}/clients/{id}/secret", admin))!.Value.GetProperty("client");
        var next = Secrets.Add("a client's next secret", rotated.GetProperty("clientSecret").GetString()!);
        await FormAsync("token", ("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret));
        await FormAsync("token", ("grant_type", "refresh_token"), ("refresh_token", New("refresh token in a form")));
        var issued = await FormAsync("token", ("grant_type", "client_credentials"), ("client_id", id), ("client_secret", next));
        var token = Secrets.AddToken("a client's token", issued!.Value.GetProperty("access_token").GetString()!);
        using var basic = new HttpRequestMessage(HttpMethod.Post, "/oauth2/token") { Content = new FormUrlEncodedContent([new("grant_type", "client_credentials")]) };
        basic.Headers.Authorization = new AuthenticationHeaderValue("Basic", Secrets.Add("credentials in a header", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{id}:{New("wrong secret in a header")}"))));
        await ReadAsync(await system.Auth.Http.SendAsync(basic));
        await FormAsync("introspect", ("token", token), ("client_id", id), ("client_secret", next));
        await FormAsync("introspect", ("token", New("token of nobody")), ("client_id", id), ("client_secret", New("wrong secret")));
        await FormAsync("revoke", ("token", token), ("client_id", id), ("client_secret", next));
        await SendAsync(system.Auth, HttpMethod.Delete, $"{Prefix}/clients/{id}", admin);
    }

    private async Task UseWebhooksAsync(string admin)
    {
        const string Path = "/api/v1/eventstreammonitor/webhooks";
        var body = new { url = "https://example.com/", events = new[] { "task_created" } };
        var made = (await SendAsync(system.Tasks, HttpMethod.Post, Path, admin, body))!.Value.GetProperty("webhook");
        var secret = Secrets.Add("a webhook's secret", made.GetProperty("secret").GetString()!);
        Secrets.Add("a webhook's key", Convert.FromBase64String(secret["whsec_".Length..]));
        await SendAsync(system.Tasks, HttpMethod.Get, Path, admin);
    }

    private async Task UsePushAsync(string admin)
    {
        const string Point = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
        var auth = Secrets.Add("a browser's secret", Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)));
        var body = new { endpoint = "https://push.example.com/secrets", keys = new { p256dh = Point, auth } };
        await SendAsync(system.Notifications, HttpMethod.Post, $"{Prefix}/push/subscriptions", admin, body);
    }

    private async Task UseGrpcAsync(string username, string password, string service)
    {
        var headers = new Metadata { { "authorization", $"Bearer {service}" } };
        var users = new UserValidation.UserValidationClient(system.Users.Grpc);
        var tokens = new TokenValidation.TokenValidationClient(system.Auth.Grpc);
        var right = await users.ValidateCredentialsAsync(new ValidateCredentialsRequest { Username = username, Password = password, SourceAddress = "192.0.2.7" }, headers);
        Assert.True(right.IsValid);
        await users.ValidateCredentialsAsync(new ValidateCredentialsRequest { Username = username, Password = New("wrong password by gRPC"), SourceAddress = "192.0.2.7" }, headers);
        await RefusedAsync(async () => await users.ValidateCredentialsAsync(
            new ValidateCredentialsRequest { Username = username, Password = New("password by gRPC from nowhere"), SourceAddress = "nowhere" }, headers));
        await RefusedAsync(async () => await users.GetUserAsync(new GetUserRequest { UserId = UserId }, [new("authorization", $"Bearer {New("token by gRPC of nobody")}")]));
        await tokens.ValidateTokenAsync(new ValidateTokenRequest { Token = service }, headers);
        await tokens.ValidateTokenAsync(new ValidateTokenRequest { Token = New("token of nobody by gRPC") }, headers);
    }

    private string New(string name) => Secrets.Add(name, $"{Guid.NewGuid():n}");

    private async Task<(string AccessToken, string RefreshToken)?> OpenAsync(string route, object body)
    {
        if (await SendAsync(system.Auth, HttpMethod.Post, $"{Prefix}/{route}", body: body) is not { } opened)
            return null;
        var access = Secrets.AddToken($"an access token of {route}", opened.GetProperty("accessToken").GetString()!);
        return (access, opened.TryGetProperty("refreshToken", out var refresh) ? Secrets.Add($"a refresh token of {route}", refresh.GetString()!) : "");
    }

    private async Task<JsonElement?> SendAsync(RunningGateway gateway, HttpMethod method, string path, string? token = null, object? body = null) =>
        await ReadAsync(await gateway.SendAsync(method, path, token, body));

    private async Task<JsonElement?> FormAsync(string route, params (string Name, string Value)[] form)
    {
        using var content = new FormUrlEncodedContent(form.Select(member => KeyValuePair.Create(member.Name, member.Value)));
        return await ReadAsync(await system.Auth.Http.PostAsync(new Uri($"/oauth2/{route}", UriKind.Relative), content));
    }

    /// <summary>The body of an answer that did what was asked for, null where there is none; a refusal's is kept.</summary>
    private async Task<JsonElement?> ReadAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            var text = await answer.Content.ReadAsStringAsync();
            if (!answer.IsSuccessStatusCode)
                _refusals.Enqueue($"{answer.RequestMessage!.RequestUri} {answer.Headers} {text}");
            return answer.IsSuccessStatusCode && text.Length > 0 ? JsonElement.Parse(text) : null;
        }
    }

    private async Task RefusedAsync(Func<Task> call)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(call);
        _refusals.Enqueue($"{refused.Status} {string.Join(' ', refused.Trailers)}");
    }
}
