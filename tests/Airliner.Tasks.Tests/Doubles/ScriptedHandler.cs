using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Airliner.Tasks.Grains.Handlers;
using Xunit;

namespace Airliner.Tasks.Tests.Doubles;

/// <summary>What the test's handlers do, in whichever silo they run.</summary>
internal sealed class Script
{
    private readonly Channel<Begun> _begun = Channel.CreateUnbounded<Begun>();

    /// <summary>Does the work; nothing by default.</summary>
    public Func<ITaskExecution, CancellationToken, Task> Run { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>What it comes to, as JSON.</summary>
    public string Result { get; set; } = """{"done": 1.0}""";

    /// <summary>The tasks that were begun, in order.</summary>
    public ConcurrentQueue<Begun> All { get; } = new();

    /// <summary>The next attempt that begins.</summary>
    public async Task<Begun> NextAsync() =>
        await _begun.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    public ITaskHandler In(string silo) => new Handler(this, silo);

    /// <summary>An attempt that began.</summary>
    internal sealed record Begun(long TaskId, string Silo, CancellationToken Stop);

    private sealed class Handler(Script script, string silo) : ITaskHandler
    {
        public string TaskType => TaskSilos.Type;

        public async Task<JsonElement> RunAsync(ITaskExecution execution, CancellationToken cancellationToken)
        {
            // Read before the test hears of the attempt: it may then give the next one something else to do.
            var run = script.Run;
            var begun = new Begun(execution.TaskId, silo, cancellationToken);
            script.All.Enqueue(begun);
            script._begun.Writer.TryWrite(begun);
            await run(execution, cancellationToken);
            return JsonElement.Parse(script.Result);
        }
    }
}
