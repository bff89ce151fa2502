using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Airliner.Host.Status;

namespace Airliner.Host.Demo;

/// <summary>Calls the gateways, and insists on the answer's status. A 503 is tried again when its <c>Retry-After</c> says, for a minute.</summary>
internal sealed class SystemClient(IReadOnlyList<GatewayAddress> gateways, GatewayTransport transport) : IDisposable
{
    public Uri Users { get; } = First(gateways, GatewayAddress.Users);

    public Uri Tasks { get; } = First(gateways, GatewayAddress.Tasks);

    public Uri Notifications { get; } = First(gateways, GatewayAddress.Notifications);

    public Uri Auth { get; } = First(gateways, GatewayAddress.Auth);

    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);

    private readonly HttpClient _http = new(transport.CreateHandler()) { Timeout = TimeSpan.FromSeconds(30) };

    public void UseToken(string token) => _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);

    /// <exception cref="DemoException">No answer, or one of another status.</exception>
    public Task<JsonElement> SendAsync(HttpMethod method, Uri gateway, string path, int expected, object? body = null) => AnswerAsync(
        () => new HttpRequestMessage(method, new Uri(gateway, path)) { Content = body is null ? null : JsonContent.Create(body) },
        expected,
        answer => answer.Content.ReadFromJsonAsync<JsonElement>());

    public Task<JsonElement> UploadAsync(string path, string file)
    {
        return AnswerAsync(Request, 201, answer => answer.Content.ReadFromJsonAsync<JsonElement>());

        HttpRequestMessage Request()
        {
            var body = new StreamContent(File.OpenRead(file)) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } };
            body.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileName = $"\"{Path.GetFileName(file)}\"" };
            return new HttpRequestMessage(HttpMethod.Post, new Uri(Tasks, path)) { Content = body };
        }
    }

    public Task<byte[]> DownloadAsync(string path) =>
        AnswerAsync(() => new HttpRequestMessage(HttpMethod.Get, new Uri(Tasks, path)), 200, answer => answer.Content.ReadAsByteArrayAsync());

    public void Dispose() => _http.Dispose();

    /// <summary>Any gateway of a service will do.</summary>
    private static Uri First(IReadOnlyList<GatewayAddress> gateways, string service) => gateways.First(gateway => gateway.Service == service).Address;

    private async Task<T> AnswerAsync<T>(Func<HttpRequestMessage> make, int expected, Func<HttpResponseMessage, Task<T>> read)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            using var request = make();
            try
            {
                using var answer = await _http.SendAsync(request);
                if ((int)answer.StatusCode == expected)
                    return await read(answer);
                if (answer.StatusCode != HttpStatusCode.ServiceUnavailable || TimeProvider.System.GetElapsedTime(started) > _patience)
                {
                    throw new DemoException(
                        $"{request.Method} {request.RequestUri} answered {(int)answer.StatusCode} instead of {expected}: {await answer.Content.ReadAsStringAsync()}");
                }

                await Task.Delay(answer.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1));
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
            {
                throw new DemoException($"{request.RequestUri} does not answer ({error.Message}). Is the system up? './airliner up' starts it.");
            }
        }
    }
}
