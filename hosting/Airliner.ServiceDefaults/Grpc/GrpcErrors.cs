using Airliner.ServiceDefaults.Cluster;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Logging;

namespace Airliner.ServiceDefaults.Grpc;

/// <summary>What an exception that reached the edge means to a gRPC client.</summary>
internal sealed partial class GrpcErrors(ILogger<GrpcErrors> log) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception error) when (error is not RpcException && !context.CancellationToken.IsCancellationRequested)
        {
            throw Translate(error, context);
        }
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(requestStream, responseStream, context);
        }
        catch (Exception error) when (error is not RpcException && !context.CancellationToken.IsCancellationRequested)
        {
            throw Translate(error, context);
        }
    }

    private RpcException Translate(Exception error, ServerCallContext context)
    {
        var status = error.Kind() switch
        {
            ClusterError.StorageAway or ClusterError.SiloGone or ClusterError.Inconsistent =>
                new Status(StatusCode.Unavailable, "The service cannot take this now; nothing was lost. Try again shortly."),
            ClusterError.TimedOut => new Status(StatusCode.DeadlineExceeded, "The service did not answer in time; whether it acted is not known."),
            ClusterError.Rejected => new Status(StatusCode.InvalidArgument, "A value cannot be stored, for example a text with a NUL character."),
            _ => new Status(StatusCode.Internal, "An unexpected error; the log has it."),
        };
        if (status.StatusCode == StatusCode.Internal)
            LogUnexpected(error, context.Method);
        return new RpcException(status, status.StatusCode == StatusCode.Unavailable ? new Metadata { { "retry-after", "2" } } : []);
    }

    [LoggerMessage(LogLevel.Error, "{Method} ended in an unexpected error")]
    private partial void LogUnexpected(Exception error, string method);
}
