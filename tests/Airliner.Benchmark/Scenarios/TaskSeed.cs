using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Airliner.Benchmark.Processes;

namespace Airliner.Benchmark.Scenarios;

/// <summary>Tasks that are there before they are read.</summary>
internal static class TaskSeed
{
    /// <summary>Makes the same number of tasks for each account.</summary>
    /// <returns>Their ids, by account.</returns>
    public static async Task<long[][]> CreateAsync(int port, string path, IReadOnlyList<Account> accounts, int each, CancellationToken cancellation)
    {
        using var http = new HttpClient();
        return await Task.WhenAll(accounts.Select(async account =>
        {
            var ids = new long[each];
            for (var i = 0; i < each; i++)
                ids[i] = await CreateAsync(http, new Uri($"http://127.0.0.1:{port}{path}"), account, cancellation);
            return ids;
        }));
    }

    /// <summary>Makes a task, where it can be made yet.</summary>
    public static async Task TryCreateAsync(HttpClient http, Uri address, Account account, Func<long, string> body, CancellationToken cancellation)
    {
        using var answer = await SendAsync(http, address, account, body, cancellation);
    }

    private static async Task<long> CreateAsync(HttpClient http, Uri address, Account account, CancellationToken cancellation)
    {
        using var answer = await SendAsync(http, address, account, TaskBodies.Later, cancellation);
        if (!answer.IsSuccessStatusCode)
            throw new BenchmarkException($"{address} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellation)}");
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation)).GetProperty("task").GetProperty("taskId").GetInt64();
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient http, Uri address, Account account, Func<long, string> body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new StringContent(body(account.UserId), Encoding.UTF8, "application/json"),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", account.Token) },
        };
        return await http.SendAsync(request, cancellation);
    }
}
