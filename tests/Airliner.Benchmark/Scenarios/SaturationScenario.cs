using System.Globalization;
using System.Net;
using Airliner.Benchmark.Load;
using Airliner.Benchmark.Reporting;

namespace Airliner.Benchmark.Scenarios;

/// <summary>
/// Reads users, from the very silo that hashes, while as many log in as it can hash for and more; in turns with the same while nobody does. An even rate,
/// so that both turns ask the same of the machine.
/// </summary>
internal sealed class SaturationScenario : Scenario
{
    private const double ReadsPerSecond = 200;
    private const int Readers = 16;

    /// <summary>No more than four of the callers share one: the guard lets five attempts at an account be under way at once.</summary>
    private const int Users = 64;

    /// <summary>More than are hashed for and wait, on as many cores.</summary>
    private static readonly int _callers = Math.Min(4 * Users, 128 * Environment.ProcessorCount);

    public override IReadOnlyList<string> Measures { get; } = ["saturated"];

    public override async Task<IReadOnlyList<Row>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var auth = (await bench.ServiceAsync("Auth", cancellation)).RestPort;
        var users = (await bench.ServiceAsync("Users", cancellation)).RestPort;
        var accounts = await (await bench.AccountsAsync(cancellation)).TakeAsync(Users, cancellation);
        var reads = new PreparedRequests(
            (int)HttpStatusCode.OK, [.. accounts.Select(account => new[] { HttpRequests.Get($"/api/v1/airliner/users/{account.UserId}", account.Token) })]);
        (double LoggedIn, double Busy, double Others) logins = default;

        var (saturated, quiet) = await bench.CompareAsync(
            "get user, logins saturated",
            async () =>
            {
                await using var pressure = await LoginPressure.StartAsync(auth, accounts, _callers, cancellation);
                var result = await ReadAsync();
                logins = pressure.PerSecond();
                return result;
            },
            ReadAsync,
            against: "quiet");

        var note = string.Create(
            CultureInfo.InvariantCulture,
            $"{_callers} callers: {logins.LoggedIn:0.0} logins/s, {logins.Busy:0.0} answers 503/s, {logins.Others:0.0} others/s in the last round; p99 is {saturated.P99 / quiet!.P99:0.00} of the quiet one's");
        return
        [
            new("saturated", $"get user, {ReadsPerSecond}/s, quiet", quiet),
            new("saturated", $"get user, {ReadsPerSecond}/s, logins saturated", saturated, Aim: "p99 ≤ 2 × quiet", Note: note),
        ];

        Task<LoadResult> ReadAsync() => bench.LoadAsync(users, reads, cancellation, connections: Readers, perSecond: ReadsPerSecond);
    }
}
