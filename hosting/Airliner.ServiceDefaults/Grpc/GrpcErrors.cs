using System.Diagnostics.Metrics;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Streams;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Logging;

namespace Airliner.ServiceDefaults.Grpc;

/// <summary>What an exception that reached the edge means to a gRPC client.</summary>
internal sealed partial class GrpcErrors(ILogger<GrpcErrors> log) : Interceptor
{
    private static readonly Meter _meter = new("Airliner.Grpc");

    // An answer's status is in its trailers: to the metrics of HTTP each is a 200.
    private static readonly Counter<long> _failures = _meter.CreateCounter<long>(
        "airliner.grpc.failures", "{call}", "gRPC calls that failed for a reason of ours, by status: INTERNAL, UNAVAILABLE, DEADLINE_EXCEEDED.");

    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        TranslatedAsync(context, () => continuation(request, context));

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        TranslatedAsync(context, () => continuation(request, responseStream, context));

    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        TranslatedAsync(context, () => continuation(requestStream, context));

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        TranslatedAsync(context, () => continuation(requestStream, responseStream, context));

    private Task TranslatedAsync(ServerCallContext context, Func<Task> method) => TranslatedAsync(context, async () =>
    {
        await method();
        return true;
    });

    private async Task<T> TranslatedAsync<T>(ServerCallContext context, Func<Task<T>> method)
    {
        try
        {
            return await method();
        }
        catch (Exception error) when (error is not RpcException && !context.CancellationToken.IsCancellationRequested)
        {
            throw Translate(error, context);
        }
    }

    private RpcException Translate(Exception error, ServerCallContext context)
    {
        if (error is TokenEndedException)
            return new RpcException(new Status(StatusCode.Unauthenticated, error.Message));
        // Of what comes in a stream: the one request of other calls is read before an interceptor sees it.
        if (error is InvalidProtocolBufferException)
            return new RpcException(new Status(StatusCode.InvalidArgument, $"A message is not what its .proto says, in UTF-8: {error.Message}"));
        // The caller's connection broke, which the reader of its stream may say before the call's token does. A gateway reads no files.
        if (error is IOException)
            return new RpcException(new Status(StatusCode.Cancelled, "The caller has gone."));
        var kind = error.Kind();
        var code = kind switch
        {
            ClusterError.StorageAway or ClusterError.SiloGone or ClusterError.Inconsistent => StatusCode.Unavailable,
            ClusterError.TimedOut => StatusCode.DeadlineExceeded,
            ClusterError.Rejected => StatusCode.InvalidArgument,
            _ => StatusCode.Internal,
        };
        if (code == StatusCode.Internal)
            LogUnexpected(error, context.Method);
        if (kind != ClusterError.Rejected)
            _failures.Add(1, new KeyValuePair<string, object?>("status", NameOf(code)));
        return new RpcException(new Status(code, kind.Text()), code == StatusCode.Unavailable ? new Metadata { { "retry-after", ClusterErrors.RetryAfter } } : []);
    }

    private static string NameOf(StatusCode code) => code switch
    {
        StatusCode.Unavailable => "UNAVAILABLE",
        StatusCode.DeadlineExceeded => "DEADLINE_EXCEEDED",
        _ => "INTERNAL",
    };

    [LoggerMessage(LogLevel.Error, "{Method} ended in an unexpected error")]
    private partial void LogUnexpected(Exception error, string method);
}
