using Airliner.EndToEnd.Tests.Rest;

namespace Airliner.EndToEnd.Tests.Embedded;

/// <summary>A test of the system that <c>airliner up</c> runs.</summary>
[Collection(EmbeddedCollection.Name)]
public abstract class EmbeddedTest(EmbeddedHost host) : IAsyncLifetime
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    internal EmbeddedHost Host { get; } = host;

    internal AirlinerClient Client { get; } = host.Client();

    public virtual ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        FailureLog.WriteIfFailed(Host.Logs);
        Client.Dispose();
        return ValueTask.CompletedTask;
    }
}
