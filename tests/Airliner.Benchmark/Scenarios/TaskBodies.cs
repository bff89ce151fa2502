using System.Globalization;

namespace Airliner.Benchmark.Scenarios;

/// <summary>Bodies of creates.</summary>
internal static class TaskBodies
{
    public const string SystemPath = "/api/v1/eventstreammonitor/tasks";

    /// <summary>The type that the benchmark's worker registers.</summary>
    public const string NoOpType = "benchmark_no_op";

    private const string Parameters =
        """{"source":{"csv":"origin,destination,delay\nTXL,MUC,12\nMUC,HAM,0\nHAM,TXL,43\n"},"where":[{"column":"delay","op":"gt","value":10}],"select":["origin","delay"]}""";

    /// <summary>A task that stays where it is: the peer runs none, so the system must not either.</summary>
    public static string Later(long userId) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"userId":{{userId}},"taskType":"data_processing","priority":"medium","parameters":{{Parameters}},"runAt":"2099-01-01T00:00:00Z"}""");

    /// <summary>A task that runs at once.</summary>
    public static string Now(long userId) => string.Create(
        CultureInfo.InvariantCulture, $$"""{"userId":{{userId}},"taskType":"data_processing","parameters":{{Parameters}}}""");

    /// <summary>A task for the worker that does nothing.</summary>
    public static string NoOp(long userId) => string.Create(CultureInfo.InvariantCulture, $$"""{"userId":{{userId}},"taskType":"{{NoOpType}}"}""");
}
