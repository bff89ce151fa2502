using Airliner.Artifacts;
using Airliner.Contracts.Records;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.Artifacts;

public sealed class FolderArtifactStoreTests : ArtifactStoreTests, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("artifacts-");
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(2_000_000_000));
    private readonly FolderArtifactStore _store;

    public FolderArtifactStoreTests() =>
        _store = new(Options.Create(new FolderArtifactStoreOptions { Folder = _folder.FullName }), _time, NullLogger<FolderArtifactStore>.Instance);

    private protected override IArtifactStore Store => _store;

    public void Dispose()
    {
        _folder.Refresh();
        if (_folder.Exists)
            _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_reader_goes_on_while_its_artifact_is_replaced()
    {
        await SaveAsync("a", "old"u8);
        await using var reader = (await Store.OpenAsync("a", Token))!;
        await SaveAsync("a", "new one"u8);
        Assert.Equal("new one"u8.ToArray(), await ReadAsync("a"));
        using var copy = new MemoryStream();
        await reader.CopyToAsync(copy, Token);
        Assert.Equal("old"u8.ToArray(), copy.ToArray());
    }

    [Fact]
    public async Task An_upload_that_fails_leaves_no_temporary_file()
    {
        await Assert.ThrowsAsync<ArtifactTooLargeException>(() => Store.SaveAsync("a/b", new MemoryStream(new byte[101]), 100, Token));
        await Assert.ThrowsAsync<IOException>(() => Store.SaveAsync("a/b", Endless(_ => throw new IOException()), 100, Token));
        Assert.Empty(Files());
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_the_store_s_fault_and_not_the_sender_s()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "users"), "in the way", Token);

        await Assert.ThrowsAsync<StorageUnavailableException>(() => Store.SaveAsync("users/1/2", new MemoryStream(new byte[10]), 100, Token));
    }

    [Fact]
    public async Task What_a_crash_left_is_swept_when_no_attempt_can_write_to_it_any_more()
    {
        await SaveAsync("users/1000/1", "kept"u8);
        var (old, young) = (Path.Join(_folder.FullName, "users", "1000", ".upload-old"), Path.Join(_folder.FullName, ".upload-young"));
        foreach (var (path, age) in new[] { (old, 25.1), (young, 24) })
        {
            await File.WriteAllTextAsync(path, "half", Token);
            File.SetLastWriteTimeUtc(path, _time.GetUtcNow().UtcDateTime.AddHours(-age));
        }

        File.SetLastWriteTimeUtc(Path.Join(_folder.FullName, "users", "1000", "1"), _time.GetUtcNow().UtcDateTime.AddDays(-9));
        Assert.Equal(["users/1000/1"], await Store.ListAsync(DateTimeOffset.MaxValue, Token).ToListAsync(Token));
        Assert.Equal(1, await _store.SweepAsync(Token));
        Assert.Equal([".upload-young", "1"], Files().Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task A_folder_that_is_gone_does_not_answer()
    {
        _folder.Delete(recursive: true);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => Store.PingAsync(Token));
    }

    private string[] Files() => Directory.GetFiles(_folder.FullName, "*", SearchOption.AllDirectories);
}
