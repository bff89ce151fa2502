using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Airliner.Host.Embedded;

namespace Airliner.Host.Demo;

/// <summary>Calls the gateways, and insists on the answer's status.</summary>
internal sealed class SystemClient(EmbeddedPorts ports) : IDisposable
{
    public int Users => ports.Users.Rest;

    public int Tasks => ports.Tasks.Rest;

    public int Notifications => ports.Notifications.Rest;

    public int Auth => ports.Auth.Rest;

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };

    public void UseToken(string token) => _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);

    /// <exception cref="DemoException">No answer, or one of another status.</exception>
    public Task<JsonElement> SendAsync(HttpMethod method, int port, string path, int expected, object? body = null) => AnswerAsync(
        new HttpRequestMessage(method, Address(port, path)) { Content = body is null ? null : JsonContent.Create(body) },
        expected,
        answer => answer.Content.ReadFromJsonAsync<JsonElement>());

    public Task<JsonElement> UploadAsync(string path, string name, Stream content)
    {
        var body = new StreamContent(content) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } };
        body.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileName = $"\"{name}\"" };
        return AnswerAsync(
            new HttpRequestMessage(HttpMethod.Post, Address(Tasks, path)) { Content = body }, 201, answer => answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    public Task<byte[]> DownloadAsync(string path) =>
        AnswerAsync(new HttpRequestMessage(HttpMethod.Get, Address(Tasks, path)), 200, answer => answer.Content.ReadAsByteArrayAsync());

    public void Dispose() => _http.Dispose();

    private static Uri Address(int port, string path) => new($"http://127.0.0.1:{port}{path}");

    private async Task<T> AnswerAsync<T>(HttpRequestMessage request, int expected, Func<HttpResponseMessage, Task<T>> read)
    {
        using (request)
        {
            try
            {
                using var answer = await _http.SendAsync(request);
                return (int)answer.StatusCode == expected
                    ? await read(answer)
                    : throw new DemoException(
                        $"{request.Method} {request.RequestUri} answered {(int)answer.StatusCode} instead of {expected}: {await answer.Content.ReadAsStringAsync()}");
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
            {
                throw new DemoException($"{request.RequestUri} does not answer ({error.Message}). Is the system up? './airliner up' starts it.");
            }
        }
    }
}
