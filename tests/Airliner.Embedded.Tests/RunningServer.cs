using Xunit;

namespace Airliner.Embedded.Tests;

public sealed class RunningServer : IAsyncLifetime
{
    private EmbeddedPostgres? _server;

    public string Folder { get; } = Path.Combine(Path.GetTempPath(), $"airliner-embedded-{Guid.NewGuid():n}");

    public EmbeddedPostgres Server => _server!;

    public async ValueTask InitializeAsync() =>
        _server = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { DataFolder = Folder });

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Server.DeleteData();
    }
}
