using System.Security.Cryptography;
using Airliner.Artifacts;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.Artifacts;

public sealed class FolderArtifactStoreTests : IDisposable
{
    private const long Plenty = 100_000_000;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("artifacts-");
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(2_000_000_000));
    private readonly FolderArtifactStore _store;

    public FolderArtifactStoreTests() =>
        _store = new(Options.Create(new FolderArtifactStoreOptions { Folder = _folder.FullName }), _time, NullLogger<FolderArtifactStore>.Instance);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1_000_003)]
    public async Task What_is_saved_is_read_back_with_its_size_and_hash(int size)
    {
        var content = RandomNumberGenerator.GetBytes(size);
        var stored = await _store.SaveAsync("users/1000/1234", new MemoryStream(content), size, Token);
        Assert.Equal(new StoredArtifact(size, Convert.ToHexStringLower(SHA256.HashData(content))), stored);
        Assert.Equal(content, await ReadAsync("users/1000/1234"));
        Assert.Single(Files());
    }

    [Fact]
    public async Task An_open_artifact_can_be_read_from_any_place()
    {
        await SaveAsync("a", "0123456789"u8);
        await using var stream = await _store.OpenAsync("a", Token);
        stream!.Seek(7, SeekOrigin.Begin);
        Assert.Equal('7', stream.ReadByte());
        Assert.Equal(10, stream.Length);
    }

    [Fact]
    public async Task Content_that_is_too_large_leaves_nothing_behind()
    {
        var failure = await Assert.ThrowsAsync<ArtifactTooLargeException>(() => _store.SaveAsync("a/b", new MemoryStream(new byte[101]), 100, Token));
        Assert.Equal(100, failure.MaxBytes);
        Assert.Empty(Files());
        Assert.Null(await _store.OpenAsync("a/b", Token));
    }

    [Fact]
    public async Task Content_that_breaks_off_keeps_the_artifact_that_was_there()
    {
        await SaveAsync("a", "old"u8);
        using var cancellation = new CancellationTokenSource();
        var endless = new DataProcessing.GeneratedStream([], [1, 2, 3], long.MaxValue)
        {
            Reading = position =>
            {
                if (position > 500_000)
                    cancellation.Cancel();
            },
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _store.SaveAsync("a", endless, long.MaxValue, cancellation.Token));
        Assert.Equal("old"u8.ToArray(), await ReadAsync("a"));
        Assert.Single(Files());
    }

    [Fact]
    public async Task A_reader_goes_on_while_its_artifact_is_replaced_and_deleted()
    {
        await SaveAsync("a", "old"u8);
        await using var reader = await _store.OpenAsync("a", Token);
        await SaveAsync("a", "new one"u8);
        Assert.Equal("new one"u8.ToArray(), await ReadAsync("a"));
        Assert.True(await _store.DeleteAsync("a", Token));
        using var copy = new MemoryStream();
        await reader!.CopyToAsync(copy, Token);
        Assert.Equal("old"u8.ToArray(), copy.ToArray());
    }

    [Fact]
    public async Task Deleting_tells_whether_there_was_something()
    {
        await SaveAsync("users/1/2", "x"u8);
        Assert.True(await _store.DeleteAsync("users/1/2", Token));
        Assert.False(await _store.DeleteAsync("users/1/2", Token));
        Assert.False(await _store.DeleteAsync("users/9/9", Token));
        Assert.Null(await _store.OpenAsync("users/1/2", Token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("../a")]
    [InlineData("a/../../b")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("a/.upload-1")]
    [InlineData("a\\b")]
    [InlineData("a b")]
    [InlineData("a\0b")]
    public async Task A_key_that_is_no_plain_relative_path_is_refused(string key)
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(() => _store.SaveAsync(key, new MemoryStream([1]), Plenty, Token));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => _store.OpenAsync(key, Token));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => _store.DeleteAsync(key, Token));
        Assert.Empty(Files());
    }

    [Fact]
    public async Task What_a_crash_left_is_swept_after_an_hour()
    {
        await SaveAsync("users/1000/1", "kept"u8);
        var (old, young) = (Path.Join(_folder.FullName, "users", "1000", ".upload-old"), Path.Join(_folder.FullName, ".upload-young"));
        foreach (var (path, age) in new[] { (old, 61), (young, 59) })
        {
            await File.WriteAllTextAsync(path, "half", Token);
            File.SetLastWriteTimeUtc(path, _time.GetUtcNow().UtcDateTime.AddMinutes(-age));
        }

        File.SetLastWriteTimeUtc(Path.Join(_folder.FullName, "users", "1000", "1"), _time.GetUtcNow().UtcDateTime.AddDays(-9));
        Assert.Equal(1, _store.Sweep());
        Assert.Equal([".upload-young", "1"], Files().Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task A_start_without_a_folder_fails_and_names_the_option()
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddArtifacts(builder.Configuration);
        using var host = builder.Build();
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Token));
        Assert.Contains("Artifacts:Folder", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_has_one_store_over_the_configured_folder()
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new("Artifacts:Folder", Path.Join(_folder.FullName, "made"))]);
        builder.Services.AddArtifacts(builder.Configuration).AddArtifacts(builder.Configuration);
        using var host = builder.Build();
        await host.StartAsync(Token);
        await host.Services.GetRequiredService<IArtifactStore>().SaveAsync("k", new MemoryStream([1]), 1, Token);
        await host.StopAsync(Token);
        Assert.Equal("k", Path.GetFileName(Assert.Single(Files())));
        Assert.Single(host.Services.GetServices<IArtifactStore>());
    }

    private string[] Files() => Directory.GetFiles(_folder.FullName, "*", SearchOption.AllDirectories);

    private Task<StoredArtifact> SaveAsync(string key, ReadOnlySpan<byte> content) => _store.SaveAsync(key, new MemoryStream(content.ToArray()), Plenty, Token);

    private async Task<byte[]> ReadAsync(string key)
    {
        await using var stream = await _store.OpenAsync(key, Token);
        using var copy = new MemoryStream();
        await stream!.CopyToAsync(copy, Token);
        return copy.ToArray();
    }
}
