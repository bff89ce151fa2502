using System.Net;
using Airliner.ServiceDefaults.Grpc;
using Airliner.Tasks.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Airliner.Tasks.Tests.Gateway;

/// <summary>What a stream's error means to its caller.</summary>
public sealed class GrpcErrorsTests
{
    [Theory]
    [InlineData(true, StatusCode.Cancelled)]
    [InlineData(false, StatusCode.Internal)]
    public async Task A_connection_that_broke_is_the_caller_s_end_and_no_fault_of_ours(bool isOfConnection, StatusCode expected)
    {
        Exception error = isOfConnection ? new IOException("The request stream was aborted.") : new InvalidOperationException("A fault.");
        await using var gateway = await StartAsync(error);
        using var channel = GrpcChannel.ForAddress(gateway.Urls.Single());
        using var call = new TaskWorker.TaskWorkerClient(channel).Work(cancellationToken: TestContext.Current.CancellationToken);

        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));

        Assert.Equal(expected, failure.StatusCode);
    }

    private static async Task<WebApplication> StartAsync(Exception error)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddSingleton(error).AddGrpc(grpc => grpc.Interceptors.Add<GrpcErrors>());
        var gateway = builder.Build();
        gateway.MapGrpcService<Broken>();
        await gateway.StartAsync(TestContext.Current.CancellationToken);
        return gateway;
    }

    private sealed class Broken(Exception error) : TaskWorker.TaskWorkerBase
    {
        public override Task Work(IAsyncStreamReader<WorkerMessage> requestStream, IServerStreamWriter<ServerMessage> responseStream, ServerCallContext context) => throw error;
    }
}
