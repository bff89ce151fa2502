using Airliner.Benchmark.Reporting;

namespace Airliner.Benchmark.Scenarios;

/// <summary>Measures one or more rows.</summary>
internal abstract class Scenario
{
    /// <summary>The names of all rows, in the table's order.</summary>
    public static IReadOnlyList<string> Rows { get; } =
    [
        "create", "get", "list", "list1m", "register", "login", "saturated", "validate", "validate-stream", "event", "start", "complete", "start-1000", "worker", "jobs", "batch",
        "consume", "mail", "event-mail", "memory",
    ];

    /// <summary>The scenarios that measure the rows, each once.</summary>
    public static IEnumerable<Scenario> For(IReadOnlyCollection<string> rows)
    {
        Scenario[] all =
        [
            new TaskScenario(), new ListScenario(), new RegisterScenario(), new LoginScenario(), new SaturationScenario(),
            new ValidateScenario(streaming: false), new ValidateScenario(streaming: true), new EventScenario(), new ExecutionScenario(),
            new WorkerStartScenario(), new WorkerScenario(), new JobsScenario(), new BatchScenario(), new ConsumeScenario(), new MailScenario(), new EventMailScenario(),
            new MemoryScenario(),
        ];
        return all.Where(scenario => scenario.Measures.Any(rows.Contains));
    }

    /// <summary>The rows that it measures.</summary>
    public abstract IReadOnlyList<string> Measures { get; }

    public abstract Task<IReadOnlyList<Row>> RunAsync(Bench bench, CancellationToken cancellation);
}
