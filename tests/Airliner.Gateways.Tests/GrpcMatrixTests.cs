using System.Text;
using Airliner.Testing;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Airliner.Gateways.Tests;

/// <summary>Every gRPC method of every gateway has a row in the <see cref="GrpcMatrix"/>, and answers as the row says.</summary>
public sealed class GrpcMatrixTests(RunningSystem system)
{
    private static readonly Marshaller<byte[]> _bytes = Marshallers.Create(bytes => bytes, bytes => bytes);

    [Fact]
    public void Every_method_has_a_row_and_every_row_a_method()
    {
        var methods = system.Gateways.SelectMany((gateway, index) => gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .Select(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()).OfType<GrpcMethodMetadata>()
            .Select(metadata => $"{index} {metadata.Method.ServiceName}/{metadata.Method.Name}"));

        Assert.Equal(GrpcMatrix.Rows.Select(row => $"{row.Gateway} {row.Method}").Order(StringComparer.Ordinal), methods.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_method_answers_each_kind_of_caller_as_its_row_says()
    {
        var tokens = await CallerTokens.OfEachKindAsync(system, await system.NewUserAsync());

        var wrong = new StringBuilder();
        foreach (var row in GrpcMatrix.Rows)
        {
            foreach (var kind in Enum.GetValues<CallerKind>())
            {
                var status = await AskAsync(row, tokens[(int)kind]);
                if (status.StatusCode != row.Statuses[(int)kind])
                    wrong.AppendLine($"gateway {row.Gateway}: {row.Method} answered {kind} {status} instead of {row.Statuses[(int)kind]}");
            }
        }

        Assert.True(wrong.Length == 0, wrong.ToString());
    }

    [Fact]
    public async Task Who_is_refused_is_told_why()
    {
        var user = await system.NewUserAsync();
        var row = GrpcMatrix.Rows.First(row => row.Method.EndsWith("/GetUser", StringComparison.Ordinal));

        Assert.Equal("A valid access token is required in the Authorization header.", (await AskAsync(row, null)).Detail);
        Assert.Equal("A valid access token is required in the Authorization header.", (await AskAsync(row, "garbage")).Detail);
        Assert.Equal("This caller may not do that.", (await AskAsync(row, user.AccessToken)).Detail);
    }

    /// <summary>Sends one empty message, which every method's request can be, and reads until the first answer or the end.</summary>
    private async Task<Status> AskAsync(GrpcRow row, string? token)
    {
        // On the wire the kinds of methods do not differ, and this one lets go of a stream that would not end.
        var method = new Method<byte[], byte[]>(MethodType.ServerStreaming, row.Method.Split('/')[0], row.Method.Split('/')[1], _bytes, _bytes);
        var headers = token is null ? [] : new Metadata { { "authorization", $"Bearer {token}" } };
        using var call = system.Gateways[row.Gateway].Grpc.CreateCallInvoker().AsyncServerStreamingCall(method, null, new CallOptions(headers), []);
        try
        {
            await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken);
            return Status.DefaultSuccess;
        }
        catch (RpcException refused)
        {
            return refused.Status;
        }
    }
}
