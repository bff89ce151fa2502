using System.Net.Http.Headers;
using System.Text;
using Airliner.Benchmark.Processes;

namespace Airliner.Benchmark.Scenarios;

/// <summary>Batches of a thousand creates.</summary>
internal sealed class TaskBatches(int port) : IDisposable
{
    public const int Size = 1000;

    private readonly HttpClient _http = new();
    private readonly Uri _address = new($"http://127.0.0.1:{port}{TaskBodies.SystemPath}/batch");

    public async Task CreateAsync(Account account, Func<long, string> body, CancellationToken cancellation)
    {
        var json = $$"""{"tasks":[{{string.Join(',', Enumerable.Repeat(body(account.UserId), Size))}}]}""";
        using var request = new HttpRequestMessage(HttpMethod.Post, _address)
        {
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", account.Token) },
        };
        using var answer = await _http.SendAsync(request, cancellation);
        var said = await answer.Content.ReadAsStringAsync(cancellation);
        if ((int)answer.StatusCode != 207 || said.Contains("\"status\":4", StringComparison.Ordinal) || said.Contains("\"status\":5", StringComparison.Ordinal))
            throw new BenchmarkException($"{_address} answered {(int)answer.StatusCode}: {said[..Math.Min(500, said.Length)]}");
    }

    public void Dispose() => _http.Dispose();
}
