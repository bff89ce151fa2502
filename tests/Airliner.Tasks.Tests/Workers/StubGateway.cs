using System.Net;
using System.Threading.Channels;
using Airliner.Tasks.V1;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Airliner.Tasks.Tests.Workers;

/// <summary>A gateway that says what the test wants, to the one worker that it has. It gives its tokens itself, to whoever asks.</summary>
internal sealed class StubGateway : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Script _script = new();

    private StubGateway()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        // Without TLS a port speaks one of the two.
        foreach (var protocol in new[] { HttpProtocols.Http2, HttpProtocols.Http1 })
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocol));
        builder.Services.AddSingleton(_script).AddGrpc();
        _app = builder.Build();
        _app.MapGrpcService<Stream>();
        _app.MapPost("/token", () => Results.Text("""{"access_token": "t", "expires_in": 900}""", "application/json"));
    }

    public Uri Address => new(_app.Urls.First());

    public Uri TokenEndpoint => new(new Uri(_app.Urls.Last()), "/token");

    public static async Task<StubGateway> StartAsync()
    {
        var gateway = new StubGateway();
        await gateway._app.StartAsync(TestContext.Current.CancellationToken);
        return gateway;
    }

    public void Send(ServerMessage message) => _script.ToSend.Writer.TryWrite(message);

    /// <summary>The next that the worker says, its heartbeats left out.</summary>
    public Task<WorkerMessage> ReadAsync() => ReadAsync(message => message.Heartbeat is null);

    /// <summary>The next heartbeat with leases.</summary>
    public async Task<Heartbeat> ReadHeartbeatAsync() => (await ReadAsync(message => message.Heartbeat?.Leases.Count > 0)).Heartbeat;

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task<WorkerMessage> ReadAsync(Func<WorkerMessage, bool> isWanted)
    {
        return NextAsync().WaitAsync(TimeSpan.FromSeconds(60));

        async Task<WorkerMessage> NextAsync()
        {
            while (true)
            {
                var message = await _script.Received.Reader.ReadAsync(TestContext.Current.CancellationToken);
                if (isWanted(message))
                    return message;
            }
        }
    }

    private sealed class Script
    {
        public Channel<ServerMessage> ToSend { get; } = Channel.CreateUnbounded<ServerMessage>();

        public Channel<WorkerMessage> Received { get; } = Channel.CreateUnbounded<WorkerMessage>();
    }

    private sealed class Stream(Script script) : TaskWorker.TaskWorkerBase
    {
        public override async Task Work(
            IAsyncStreamReader<WorkerMessage> requestStream, IServerStreamWriter<ServerMessage> responseStream, ServerCallContext context)
        {
            var sending = SendAsync(responseStream, context.CancellationToken);
            await foreach (var message in requestStream.ReadAllAsync(context.CancellationToken))
                script.Received.Writer.TryWrite(message);
            script.ToSend.Writer.TryComplete();
            await sending;
        }

        private async Task SendAsync(IServerStreamWriter<ServerMessage> responses, CancellationToken ended)
        {
            await foreach (var message in script.ToSend.Reader.ReadAllAsync(ended))
                await responses.WriteAsync(message, ended);
        }
    }
}
