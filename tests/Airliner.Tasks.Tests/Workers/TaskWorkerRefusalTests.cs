using System.Threading.Channels;
using Airliner.Tasks.V1;
using Airliner.Worker;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Airliner.Tasks.Tests.Workers;

/// <summary>What the worker library does with a refusal that is about none of its leases.</summary>
public sealed class TaskWorkerRefusalTests
{
    [Fact]
    public async Task A_refusal_that_names_no_lease_is_logged()
    {
        await using var gateway = await StubGateway.StartAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var log = new Lines();
        using var worker = new Worker.TaskWorker(new TaskWorkerOptions
        {
            Gateway = gateway.Address,
            TokenEndpoint = gateway.TokenEndpoint,
            ClientId = "c",
            ClientSecret = "s",
            Logger = log,
        }).Handle("t", 1, (_, _) => throw new InvalidOperationException("It gets no task."));
        var running = worker.RunAsync(stop.Token);
        try
        {
            await gateway.ReadAsync();
            gateway.Send(new() { Registered = new() { LeaseSeconds = 30, HeartbeatSeconds = 10 } });
            gateway.Send(new() { Refused = new() { Lease = new LeaseKey(), Reason = Refused.Types.Reason.Invalid, Detail = "leases: may be at most 10000." } });
            Assert.Equal((LogLevel.Error, "The gateway refused a message that is about no single lease: leases: may be at most 10000."), await log.NextAsync());
        }
        finally
        {
            await stop.CancelAsync();
            await running;
        }
    }

    private sealed class Lines : ILogger
    {
        private readonly Channel<(LogLevel Level, string Text)> _lines = Channel.CreateUnbounded<(LogLevel, string)>();

        public async Task<(LogLevel Level, string Text)> NextAsync() =>
            await _lines.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60));

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Writer.TryWrite((logLevel, formatter(state, exception)));
    }
}
