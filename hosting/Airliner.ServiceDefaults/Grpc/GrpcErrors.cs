using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Security;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Logging;

namespace Airliner.ServiceDefaults.Grpc;

/// <summary>What an exception that reached the edge means to a gRPC client.</summary>
internal sealed partial class GrpcErrors(ILogger<GrpcErrors> log) : Interceptor
{
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
