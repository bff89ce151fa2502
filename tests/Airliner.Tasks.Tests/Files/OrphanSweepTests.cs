using Airliner.Artifacts;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Silo.Files;
using Airliner.Tasks.Tests.Doubles;
using Airliner.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Airliner.Tasks.Tests.Files;

public sealed class OrphanSweepTests(PostgresServer server) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("artifacts-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Bytes_that_are_no_file_s_go_after_a_day_and_nothing_else()
    {
        await using var database = await TasksDatabase.CreateAsync(server);
        var store = new FolderArtifactStore(
            Options.Create(new FolderArtifactStoreOptions { Folder = _folder.FullName }), TimeProvider.System, NullLogger<FolderArtifactStore>.Instance);
        var file = FileState.Created(new CreateFile("command", 7, "a", 1, "text/csv", ""), new FileLimits(new ConfigurationBuilder().Build()), TimeProvider.System.GetUtcNow());
        await database.Files.CreateAsync(1, file);
        // The file, one of another user with its id, one that is being made known, what a crash left, and what is not ours.
        foreach (var (key, hours) in new[] { ("users/7/1", 25), ("users/8/1", 25), ("users/7/2", 23), ("users/7/3", 25), ("users/7/03", 25), ("users/7/x", 25), ("readme", 25) })
        {
            await store.SaveAsync(key, new MemoryStream([1]), 1, Token);
            File.SetLastWriteTimeUtc(Path.Join(_folder.FullName, key), TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-hours));
        }

        using var sweep = new OrphanSweep(store, database.Source, TimeProvider.System, NullLogger<OrphanSweep>.Instance);
        Assert.Equal(2, await sweep.SweepAsync(Token));

        Assert.Equal(
            ["readme", "users/7/03", "users/7/1", "users/7/2", "users/7/x"],
            (await store.ListAsync(DateTimeOffset.MaxValue, Token).ToListAsync(Token)).Order(StringComparer.Ordinal));
    }
}
