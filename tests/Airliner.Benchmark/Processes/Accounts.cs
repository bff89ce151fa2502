using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Airliner.Benchmark.Processes;

/// <summary>A user with a token.</summary>
internal sealed record Account(long UserId, string Username, string Token);

/// <summary>Users of the system, made over REST as anybody makes one, with tokens that are renewed before they expire.</summary>
/// <param name="users">The port of User Management.</param>
/// <param name="auth">The port of Token Management.</param>
internal sealed class Accounts(int users, int auth) : IDisposable
{
    public const string Password = "Correct-horse-battery-9";

    private const int Tries = 5;

    /// <summary>Tokens last fifteen minutes.</summary>
    private static readonly TimeSpan _renewAfter = TimeSpan.FromMinutes(8);

    private readonly HttpClient _http = new();
    private readonly List<Account> _accounts = [];
    private long _renewed = Stopwatch.GetTimestamp();

    /// <summary>The first <paramref name="count"/> accounts; those that are missing are made.</summary>
    public async Task<IReadOnlyList<Account>> TakeAsync(int count, CancellationToken cancellation)
    {
        while (_accounts.Count < count)
            _accounts.Add(await PersistAsync(() => RegisterAsync(cancellation)));

        if (Stopwatch.GetElapsedTime(_renewed) > _renewAfter)
        {
            for (var i = 0; i < _accounts.Count; i++)
                _accounts[i] = _accounts[i] with { Token = await PersistAsync(() => LogInAsync(_accounts[i].Username, Password, cancellation)) };
            _renewed = Stopwatch.GetTimestamp();
        }

        return _accounts[..count];
    }

    /// <summary>A token of the first administrator, who lists everybody's.</summary>
    public Task<string> AdministratorTokenAsync(CancellationToken cancellation) =>
        PersistAsync(() => LogInAsync("admin", SystemUnderTest.ClientSecret, cancellation));

    /// <summary>A token of the first machine client, which may validate tokens.</summary>
    public async Task<string> ServiceTokenAsync(CancellationToken cancellation)
    {
        var basic = Convert.ToBase64String(Encoding.ASCII.GetBytes($"{SystemUnderTest.ClientId}:{SystemUnderTest.ClientSecret}"));
        using var request = new HttpRequestMessage(HttpMethod.Post, Address(auth, "/oauth2/token"))
        {
            Content = new FormUrlEncodedContent([new("grant_type", "client_credentials")]),
            Headers = { Authorization = new AuthenticationHeaderValue("Basic", basic) },
        };
        return (await AnswerAsync(request, cancellation)).GetProperty("access_token").GetString()!;
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Tries again what a cluster that has only just formed, on a machine that does other things as well, may not answer in time.</summary>
    private static async Task<T> PersistAsync<T>(Func<Task<T>> ask)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await ask();
            }
            catch (BenchmarkException) when (tries < Tries)
            {
                // The last one's error is told.
            }
        }
    }

    private async Task<Account> RegisterAsync(CancellationToken cancellation)
    {
        var name = $"u{Guid.NewGuid():n}"[..20];
        var body = new { username = name, email = $"{name}@example.com", password = Password, firstName = "Bench", lastName = "User" };
        var answer = await SendAsync(users, "/api/v1/airliner/registerUser", JsonContent.Create(body), cancellation);
        return new(answer.GetProperty("user").GetProperty("userId").GetInt64(), name, await LogInAsync(name, Password, cancellation));
    }

    private async Task<string> LogInAsync(string name, string password, CancellationToken cancellation)
    {
        var answer = await SendAsync(auth, "/api/v1/airliner/login", JsonContent.Create(new { username = name, password }), cancellation);
        return answer.GetProperty("accessToken").GetString()!;
    }

    private async Task<JsonElement> SendAsync(int port, string path, HttpContent body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Address(port, path)) { Content = body };
        return await AnswerAsync(request, cancellation);
    }

    private async Task<JsonElement> AnswerAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using var answer = await _http.SendAsync(request, cancellation);
        return answer.IsSuccessStatusCode
            ? await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation)
            : throw new BenchmarkException($"{request.RequestUri} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellation)}");
    }

    private static Uri Address(int port, string path) => new($"http://127.0.0.1:{port}{path}");
}
