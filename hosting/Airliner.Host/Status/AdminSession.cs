using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Airliner.Host.Status;

/// <summary>Something that was asked was not answered; the message says what, and why.</summary>
internal sealed class NotAnsweredException(string message) : Exception(message);

/// <summary>A command's own session as an administrator, which ends with it: else those that are run again and again would fill the list of sessions.</summary>
internal sealed class AdminSession : IAsyncDisposable
{
    private const string Airliner = "/api/v1/airliner";

    private readonly HttpClient _http;
    private readonly string _auth;
    private string _token = "";
    private string _refreshToken = "";

    private AdminSession(HttpClient http, string auth) => (_http, _auth) = (http, auth);

    /// <summary>Logs in.</summary>
    /// <param name="auth">A gateway of Token Management.</param>
    /// <exception cref="StartException">The login is refused.</exception>
    /// <exception cref="NotAnsweredException">Nobody can log in now.</exception>
    public static async Task<AdminSession> OpenAsync(HttpClient http, string auth, AdminCredentials who)
    {
        var session = new AdminSession(http, auth);
        using var answer = await session.SendAsync(HttpMethod.Post, $"{auth}{Airliner}/login", new { username = who.Username, password = who.Password });
        switch (answer.StatusCode)
        {
            case HttpStatusCode.OK:
                await session.TakeAsync(answer);
                return session;
            case HttpStatusCode.Unauthorized:
                throw new StartException($"'{who.Username}' is not let in: the name or the password is wrong. The password is from {who.Source}.");
            case HttpStatusCode.TooManyRequests:
                throw new StartException(
                    $"'{who.Username}' is not let in for the next {answer.Headers.RetryAfter?.Delta?.TotalSeconds:0} s: too many attempts failed. "
                    + $"The password of this one is from {who.Source}.");
            default:
                throw new NotAnsweredException($"Nobody can log in: {auth} answered {await TextAsync(answer)}");
        }
    }

    /// <summary>Asks as the administrator; goes on with a new access token where the last has expired.</summary>
    /// <exception cref="NotAnsweredException">Nobody listens, or not in time.</exception>
    public async Task<HttpResponseMessage> GetAsync(string address)
    {
        var answer = await SendAsync(HttpMethod.Get, address);
        if (answer.StatusCode != HttpStatusCode.Unauthorized || !await RefreshAsync())
            return answer;
        answer.Dispose();
        return await SendAsync(HttpMethod.Get, address);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            using var _ = await SendAsync(HttpMethod.Post, $"{_auth}{Airliner}/logout");
        }
        catch (NotAnsweredException)
        {
            // The session ends by itself.
        }
    }

    /// <summary>An answer's status and text, for a message.</summary>
    public static async Task<string> TextAsync(HttpResponseMessage answer) => $"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}";

    private async Task<bool> RefreshAsync()
    {
        using var answer = await SendAsync(HttpMethod.Post, $"{_auth}{Airliner}/refreshToken", new { refreshToken = _refreshToken });
        if (!answer.IsSuccessStatusCode)
            return false;
        await TakeAsync(answer);
        return true;
    }

    private async Task TakeAsync(HttpResponseMessage answer)
    {
        var tokens = await answer.Content.ReadFromJsonAsync<JsonElement>();
        (_token, _refreshToken) = (tokens.GetProperty("accessToken").GetString()!, tokens.GetProperty("refreshToken").GetString()!);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string address, object? body = null)
    {
        using var request = new HttpRequestMessage(method, address) { Content = body is null ? null : JsonContent.Create(body) };
        if (body is null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        try
        {
            return await _http.SendAsync(request);
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            throw new NotAnsweredException($"{address} does not answer ({error.Message}).");
        }
    }
}
