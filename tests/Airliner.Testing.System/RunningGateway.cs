using Grpc.Net.Client;

namespace Airliner.Testing;

/// <summary>A gateway, of the <see cref="RunningSystem"/> or of a test, as its clients reach it.</summary>
public sealed class RunningGateway : IDisposable
{
    public RunningGateway(int restPort, int grpcPort)
    {
        Address = new Uri($"http://127.0.0.1:{restPort}");
        // What a gateway answers is the test's to judge: no redirect is followed, no cookie kept.
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
        Grpc = GrpcChannel.ForAddress($"http://127.0.0.1:{grpcPort}");
    }

    /// <summary>The REST port's root.</summary>
    public Uri Address { get; }

    /// <summary>A client without a token, shared by the assembly's tests: set headers on the request.</summary>
    public HttpClient Http { get; }

    public GrpcChannel Grpc { get; }

    /// <summary>The services of the gateway's process, for what cannot be seen from outside.</summary>
    public IServiceProvider Services { get; internal set; } = null!;

    public void Dispose()
    {
        Http.Dispose();
        Grpc.Dispose();
    }
}
