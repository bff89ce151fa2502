using System.Net;
using Airliner.Benchmark.Load;
using Airliner.Benchmark.Processes;
using Airliner.Benchmark.Reporting;

namespace Airliner.Benchmark.Scenarios;

/// <summary>Logs users in, which is a hash as well.</summary>
internal sealed class LoginScenario : Scenario
{
    public override IReadOnlyList<string> Measures { get; } = ["login"];

    public override async Task<IReadOnlyList<Row>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var accounts = await (await bench.AccountsAsync(cancellation)).TakeAsync(10, cancellation);
        var port = (await bench.ServiceAsync("Auth", cancellation)).RestPort;
        var hash = PasswordHashing.Milliseconds();
        var workload = new PreparedRequests((int)HttpStatusCode.OK, [.. accounts.Select(account => new[]
        {
            HttpRequests.Post("/api/v1/airliner/login", $$"""{"username":"{{account.Username}}","password":"{{Accounts.Password}}"}"""),
        })]);
        var (result, _) = await bench.CompareAsync(
            "login", () => bench.LoadAsync(port, workload, cancellation, connections: Environment.ProcessorCount));
        return [new("login", "login", result, Note: RegisterScenario.WithoutHash(result, hash))];
    }
}
