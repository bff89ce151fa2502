using Airliner.Auth.V1;
using Airliner.Benchmark.Load;
using Airliner.Benchmark.Reporting;
using Grpc.Core;
using Grpc.Net.Client;

namespace Airliner.Benchmark.Scenarios;

/// <summary>Validates tokens over gRPC, by a call for each or by streams, with the client that one would use.</summary>
internal sealed class ValidateScenario(bool streaming) : Scenario
{
    /// <summary>Connections: one would make each wait for the lock of its writer.</summary>
    private const int Channels = 4;

    private const int Users = 10;

    public override IReadOnlyList<string> Measures { get; } = [streaming ? "validate-stream" : "validate"];

    public override async Task<IReadOnlyList<Row>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var accounts = await bench.AccountsAsync(cancellation);
        ValidateTokenRequest[] requests = [.. (await accounts.TakeAsync(Users, cancellation)).Select(account => new ValidateTokenRequest { Token = account.Token })];
        var headers = new Metadata { { "authorization", $"Bearer {await accounts.ServiceTokenAsync(cancellation)}" } };
        var port = (await bench.ServiceAsync("Auth", cancellation)).GrpcPort;
        using var channels = new GrpcChannels(port, Channels);
        var callers = bench.Options.Connections;
        var (result, _) = await bench.CompareAsync(Measures[0], () => streaming
            ? StreamAsync(channels, requests, headers, callers, bench.Turn, cancellation)
            : CallLoad.RunAsync(callers, caller => ValidateAsync(channels[caller], requests[caller % Users], headers), bench.Turn, cancellation));
        return [new(Measures[0], streaming ? "validate token (gRPC stream)" : "validate token (gRPC)", result, Aim: "≥ 20,000/s")];
    }

    private static async Task ValidateAsync(TokenValidation.TokenValidationClient client, ValidateTokenRequest request, Metadata headers) =>
        Require(await client.ValidateTokenAsync(request, headers));

    /// <summary>A stream for each caller, one token under way on each.</summary>
    private static async Task<LoadResult> StreamAsync(
        GrpcChannels channels, ValidateTokenRequest[] requests, Metadata headers, int callers, TimeSpan duration, CancellationToken cancellation)
    {
        var streams = Enumerable.Range(0, callers).Select(caller => channels[caller].ValidateTokens(headers, cancellationToken: cancellation)).ToArray();
        try
        {
            return await CallLoad.RunAsync(callers, caller => ValidateAsync(streams[caller], requests[caller % Users], cancellation), duration, cancellation);
        }
        finally
        {
            foreach (var stream in streams)
                stream.Dispose();
        }
    }

    private static async Task ValidateAsync(
        AsyncDuplexStreamingCall<ValidateTokenRequest, ValidateTokenResponse> stream, ValidateTokenRequest request, CancellationToken cancellation)
    {
        await stream.RequestStream.WriteAsync(request, cancellation);
        if (!await stream.ResponseStream.MoveNext(cancellation))
            throw new BenchmarkException("The stream ended.");
        Require(stream.ResponseStream.Current);
    }

    private static void Require(ValidateTokenResponse answer)
    {
        if (!answer.IsValid)
            throw new BenchmarkException($"The token is not valid: {answer.Reason}");
    }

    private sealed class GrpcChannels(int port, int count) : IDisposable
    {
        private readonly GrpcChannel[] _channels = [.. Enumerable.Range(0, count).Select(_ => GrpcChannel.ForAddress(
            $"http://127.0.0.1:{port}", new GrpcChannelOptions { HttpHandler = new SocketsHttpHandler(), DisposeHttpClient = true }))];

        public TokenValidation.TokenValidationClient this[int caller] => new(_channels[caller % count]);

        public void Dispose()
        {
            foreach (var channel in _channels)
                channel.Dispose();
        }
    }
}
