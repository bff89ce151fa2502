using System.Runtime.InteropServices;
using Airliner.Benchmark;
using Spectre.Console;

BenchmarkOptions options;
try
{
    options = BenchmarkOptions.Parse(args);
}
catch (FormatException error)
{
    await Console.Error.WriteLineAsync($"bench: {error.Message}");
    return 2;
}

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    return await BenchmarkRun.RunAsync(options, stop.Token);
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 130;
}
catch (BenchmarkException error)
{
    AnsiConsole.MarkupLineInterpolated($"[red]bench: {error.Message}[/]");
    return 1;
}

void Stop(PosixSignalContext context)
{
    // What was started is stopped on the way out.
    context.Cancel = true;
    stop.Cancel();
}
