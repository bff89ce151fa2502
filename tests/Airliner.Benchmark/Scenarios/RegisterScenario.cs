using System.Globalization;
using System.Net;
using Airliner.Benchmark.Load;
using Airliner.Benchmark.Processes;
using Airliner.Benchmark.Reporting;

namespace Airliner.Benchmark.Scenarios;

/// <summary>Registers users, with real hashes; what the hash alone takes stands beside it.</summary>
internal sealed class RegisterScenario : Scenario
{
    public override IReadOnlyList<string> Measures { get; } = ["register"];

    public override async Task<IReadOnlyList<Row>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var port = (await bench.ServiceAsync("Users", cancellation)).RestPort;
        var hash = PasswordHashing.Milliseconds();
        var workload = new MadeRequests((int)HttpStatusCode.Created, () =>
        {
            var name = $"r{Guid.NewGuid():n}"[..20];
            return HttpRequests.Post(
                "/api/v1/airliner/registerUser",
                $$"""{"username":"{{name}}","email":"{{name}}@example.com","password":"{{Accounts.Password}}","firstName":"Bench","lastName":"User"}""");
        });
        var (result, _) = await bench.CompareAsync(
            "register", () => bench.LoadAsync(port, workload, cancellation, connections: Environment.ProcessorCount));
        return [new("register", "register", result, Note: WithoutHash(result, hash))];
    }

    /// <summary>What is left of the machine's time when the hashes are taken off.</summary>
    public static string WithoutHash(LoadResult result, double hash)
    {
        var each = 1000.0 * Environment.ProcessorCount / result.OperationsPerSecond;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"argon2id alone takes {hash:0.0} ms of one core; of the {each:0.0} ms of core time that pass for each, {Math.Max(0, each - hash):0.0} ms are not the hash; one request per core at a time");
    }
}
