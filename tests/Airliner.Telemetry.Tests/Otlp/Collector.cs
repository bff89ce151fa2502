using System.Net;
using Airliner.Embedded;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Airliner.Telemetry.Tests.Otlp;

/// <summary>An OTLP collector on a port of 127.0.0.1, to which the system sends its traces as it does to any.</summary>
public sealed class Collector : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(90);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, CollectedSpan> _spans = [];
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebApplication? _server;

    /// <summary>Where it listens: OTLP by gRPC.</summary>
    public Uri Endpoint { get; } = new($"http://127.0.0.1:{LoopbackPort.Free()}");

    /// <summary>All spans that have come, by their ids.</summary>
    public IReadOnlyDictionary<string, CollectedSpan> Spans
    {
        get
        {
            lock (_gate)
                return new Dictionary<string, CollectedSpan>(_spans);
        }
    }

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, Endpoint.Port, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddSingleton(this).AddGrpc();
        _server = builder.Build();
        _server.MapGrpcService<Receiver>();
        await _server.StartAsync();
    }

    /// <summary>The spans of a trace, once it has all that <paramref name="isWhole"/> wants.</summary>
    /// <exception cref="TimeoutException">It was not within a minute and a half; the message has what came.</exception>
    public async Task<IReadOnlyList<CollectedSpan>> TraceAsync(string traceId, Func<IReadOnlyList<CollectedSpan>, bool> isWhole)
    {
        using var patience = new CancellationTokenSource(_patience);
        while (true)
        {
            Task news;
            CollectedSpan[] trace;
            lock (_gate)
                (news, trace) = (_news.Task, [.. _spans.Values.Where(span => span.TraceId == traceId)]);
            if (isWhole(trace))
                return trace;
            try
            {
                await news.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"The trace {traceId} is not whole:\n{string.Join('\n', trace.Select(span => $"{span.Id} < {span.ParentId} {span.Scope}: {span.Name}"))}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    private void Take(ExportTraceServiceRequest request)
    {
        TaskCompletionSource told;
        lock (_gate)
        {
            foreach (var span in CollectedSpan.Of(request))
                _spans[span.Id] = span;
            (told, _news) = (_news, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        told.SetResult();
    }

    private sealed class Receiver(Collector collector) : TraceService.TraceServiceBase
    {
        public override Task<ExportTraceServiceResponse> Export(ExportTraceServiceRequest request, ServerCallContext context)
        {
            collector.Take(request);
            return Task.FromResult(new ExportTraceServiceResponse());
        }
    }
}
