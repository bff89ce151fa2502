using Airliner.Artifacts;
using Airliner.Artifacts.S3;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Airliner.Tasks.Tests.Artifacts;

public sealed class S3ArtifactStoreTests(S3Server server) : ArtifactStoreTests, IClassFixture<S3Server>, IAsyncLifetime
{
    private readonly string _prefix = $"test/{Guid.NewGuid():n}";
    private S3ArtifactStore _store = null!;

    private protected override IArtifactStore Store => _store;

    public ValueTask InitializeAsync()
    {
        _store = Open(_prefix);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        using (_store)
        {
            if (_store is not null)
                await Open(prefix: "").DeleteAllAsync(_prefix, CancellationToken.None);
        }
    }

    [Fact]
    public async Task A_prefix_is_a_store_of_its_own()
    {
        using var other = Open(_prefix + "/users");
        await SaveAsync("users/1/1", "x"u8);
        Assert.Null(await other.OpenAsync("users/1/1", Token));
        Assert.NotNull(await other.OpenAsync("1/1", Token));
    }

    private S3ArtifactStore Open(string prefix) => new(Options.Create(server.Options(prefix)), TimeProvider.System, NullLogger<S3ArtifactStore>.Instance);
}
