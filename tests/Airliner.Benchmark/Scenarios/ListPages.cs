using System.Net.Http.Headers;
using System.Text.Json;
using Airliner.Benchmark.Load;

namespace Airliner.Benchmark.Scenarios;

/// <summary>A page of a list.</summary>
/// <param name="Path">The list's path and query, which ask for its first page.</param>
/// <param name="Number">From 1.</param>
internal sealed record ListPage(string Path, string Token, int Number);

/// <summary>Finds the requests of pages as any client does: by the cursor that the page before has.</summary>
internal sealed class ListPages(int port) : IDisposable
{
    /// <summary>Lists that are walked along at once.</summary>
    private const int Walks = 8;

    private readonly HttpClient _http = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromMinutes(1) };

    /// <summary>The request of each page, or of the last one where the list has fewer.</summary>
    public async Task<byte[][][]> FindAsync(IReadOnlyList<ListPage[]> sets, CancellationToken cancellation)
    {
        var found = sets.Select(set => new byte[set.Length][]).ToArray();
        await Parallel.ForEachAsync(
            sets.SelectMany((set, at) => set.Select((page, index) => (Page: page, Set: at, Index: index))),
            new ParallelOptions { MaxDegreeOfParallelism = Walks, CancellationToken = cancellation },
            async (one, stop) => found[one.Set][one.Index] = await FindAsync(one.Page, stop));
        return found;
    }

    public void Dispose() => _http.Dispose();

    private async Task<byte[]> FindAsync(ListPage page, CancellationToken cancellation)
    {
        var path = page.Path;
        for (var number = 1; number < page.Number && await NextCursorAsync(path, page.Token, cancellation) is { } cursor; number++)
            path = $"{page.Path}{(page.Path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}cursor={Uri.EscapeDataString(cursor)}";
        return HttpRequests.Get(path, page.Token);
    }

    private async Task<string?> NextCursorAsync(string path, string token, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative)) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var answer = await _http.SendAsync(request, cancellation);
        if (!answer.IsSuccessStatusCode)
            throw new BenchmarkException($"{path} was answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellation)}");
        using var list = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(cancellation), cancellationToken: cancellation);
        return list.RootElement.GetProperty("pagination").GetProperty("nextCursor").GetString();
    }
}
