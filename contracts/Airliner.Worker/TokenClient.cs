using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Airliner.Worker;

/// <summary>Access tokens by client credentials (RFC 6749 §4.4), each used until shortly before it expires.</summary>
internal sealed class TokenClient(TaskWorkerOptions options, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan _margin = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private string _token = "";
    private DateTimeOffset _goodUntil;

    /// <summary>A token that is good for a while.</summary>
    /// <exception cref="TaskWorkerException">The client is not known, or may not work.</exception>
    public async Task<string> GetAsync(CancellationToken cancellation)
    {
        if (time.GetUtcNow() < _goodUntil)
            return _token;
        using var form = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("scope", "tasks.work")]);
        using var request = new HttpRequestMessage(HttpMethod.Post, options.TokenEndpoint) { Content = form };
        // RFC 6749 §2.3.1: both are form-encoded before they are joined.
        var credentials = $"{Uri.EscapeDataString(options.ClientId)}:{Uri.EscapeDataString(options.ClientSecret)}";
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        using var response = await _http.SendAsync(request, cancellation);
        var body = await response.Content.ReadAsStringAsync(cancellation);
        var answer = Parse(body);
        // A proxy's 400 says nothing about the client.
        if (response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized && answer?.Error is not null)
            throw new TaskWorkerException($"{options.TokenEndpoint} gives {options.ClientId} no token: {body}");
        response.EnsureSuccessStatusCode();
        if (answer is not { AccessToken: { } token })
            throw new HttpRequestException($"{options.TokenEndpoint} did not answer as a token endpoint does.");
        _goodUntil = time.GetUtcNow() + TimeSpan.FromSeconds(answer.ExpiresIn) - _margin;
        return _token = token;
    }

    /// <summary>The token was refused: the next is a new one.</summary>
    public void Forget() => _goodUntil = default;

    public void Dispose() => _http.Dispose();

    private static TokenAnswer? Parse(string body)
    {
        try
        {
            return JsonSerializer.Deserialize<TokenAnswer>(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>RFC 6749 §5.1 and §5.2.</summary>
    private sealed record TokenAnswer(
        [property: JsonPropertyName("access_token")] string? AccessToken,
        [property: JsonPropertyName("expires_in")] int ExpiresIn,
        [property: JsonPropertyName("error")] string? Error);
}
