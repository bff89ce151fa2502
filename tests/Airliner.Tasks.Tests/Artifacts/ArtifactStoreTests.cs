using System.Security.Cryptography;
using Airliner.Artifacts;
using Airliner.Tasks.Tests.DataProcessing;
using Xunit;

namespace Airliner.Tasks.Tests.Artifacts;

/// <summary>What every artifact store does. Each test has a store of its own, which is empty.</summary>
public abstract class ArtifactStoreTests
{
    private const long Plenty = 100_000_000;

    /// <summary>More than one part of a multipart upload.</summary>
    private const int Large = 6_000_003;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The test's store.</summary>
    private protected abstract IArtifactStore Store { get; }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1_000_003)]
    [InlineData(5 << 20)]
    [InlineData(Large)]
    public async Task What_is_saved_is_read_back_with_its_size_and_hash(int size)
    {
        var content = RandomNumberGenerator.GetBytes(size);
        var stored = await Store.SaveAsync("users/1000/1234", new UnseekableStream(content), size, Token);
        Assert.Equal(new StoredArtifact(size, Convert.ToHexStringLower(SHA256.HashData(content))), stored);
        Assert.Equal(content, await ReadAsync("users/1000/1234"));
        Assert.Equal(["users/1000/1234"], await KeysAsync());
    }

    [Fact]
    public async Task An_open_artifact_can_be_read_from_any_place()
    {
        var content = RandomNumberGenerator.GetBytes(Large);
        await Store.SaveAsync("a", new MemoryStream(content), Plenty, Token);
        await using var stream = (await Store.OpenAsync("a", Token))!;
        Assert.Equal((Large, true, true, false), (stream.Length, stream.CanSeek, stream.CanRead, stream.CanWrite));
        foreach (var position in new[] { 0, 1, (5 << 20) - 1, 5 << 20, (5 << 20) + 1, Large - 1, 7 })
        {
            stream.Seek(position, SeekOrigin.Begin);
            var read = new byte[Math.Min(1000, Large - position)];
            await stream.ReadExactlyAsync(read, Token);
            Assert.Equal(content[position..(position + read.Length)], read);
            Assert.Equal(position + read.Length, stream.Position);
        }

        Assert.Equal(Large - 3, stream.Seek(-3, SeekOrigin.End));
        Assert.Equal(content[^3], stream.ReadByte());
        Assert.Equal(content[^1], stream.Seek(1, SeekOrigin.Current) == Large - 1 ? stream.ReadByte() : -1);
        Assert.Equal(-1, stream.ReadByte());
        stream.Position = Large + 10;
        Assert.Equal(0, await stream.ReadAsync(new byte[1], Token));
    }

    [Theory]
    [InlineData(101, 100)]
    [InlineData(Large, Large - 1)]
    public async Task Content_that_is_too_large_leaves_nothing_behind(int size, int maxBytes)
    {
        var failure = await Assert.ThrowsAsync<ArtifactTooLargeException>(() => Store.SaveAsync("a/b", new MemoryStream(new byte[size]), maxBytes, Token));
        Assert.Equal(maxBytes, failure.MaxBytes);
        Assert.Empty(await KeysAsync());
        Assert.Null(await Store.OpenAsync("a/b", Token));
    }

    [Theory]
    [InlineData(500_000)]
    [InlineData(6_000_000)]
    public async Task An_upload_that_is_cancelled_keeps_the_artifact_that_was_there(int after)
    {
        await SaveAsync("a", "old"u8);
        using var cancellation = new CancellationTokenSource();
        var endless = Endless(position =>
        {
            if (position > after)
                cancellation.Cancel();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.SaveAsync("a", endless, long.MaxValue, cancellation.Token));
        Assert.Equal("old"u8.ToArray(), await ReadAsync("a"));
    }

    [Theory]
    [InlineData(500_000)]
    [InlineData(6_000_000)]
    public async Task An_upload_that_breaks_off_leaves_nothing_and_says_why(int after)
    {
        var torn = Endless(position =>
        {
            if (position > after)
                throw new IOException("The client has gone.");
        });
        var failure = await Assert.ThrowsAsync<IOException>(() => Store.SaveAsync("a", torn, long.MaxValue, Token));
        Assert.Equal("The client has gone.", failure.Message);
        Assert.Empty(await KeysAsync());
    }

    [Fact]
    public async Task What_is_saved_again_is_replaced()
    {
        await SaveAsync("a", "the old one"u8);
        await SaveAsync("a", "new"u8);
        Assert.Equal("new"u8.ToArray(), await ReadAsync("a"));
        Assert.Equal(["a"], await KeysAsync());
    }

    [Fact]
    public async Task Of_parallel_saves_of_one_key_one_is_there_whole()
    {
        var contents = Enumerable.Range(0, 8).Select(_ => RandomNumberGenerator.GetBytes(10_000)).ToArray();
        await Task.WhenAll(contents.Select(content => Store.SaveAsync("a", new MemoryStream(content), Plenty, Token)));
        var read = await ReadAsync("a");
        Assert.Contains(contents, content => content.AsSpan().SequenceEqual(read));
        Assert.Equal(["a"], await KeysAsync());
    }

    [Fact]
    public async Task A_reader_reads_on_while_its_artifact_is_deleted()
    {
        var content = RandomNumberGenerator.GetBytes(Large);
        await Store.SaveAsync("a", new MemoryStream(content), Plenty, Token);
        await using var reader = (await Store.OpenAsync("a", Token))!;
        var first = reader.ReadByte();
        Assert.True(await Store.DeleteAsync("a", Token));
        Assert.Null(await Store.OpenAsync("a", Token));
        using var rest = new MemoryStream([(byte)first]) { Position = 0 };
        using var copy = new MemoryStream();
        await rest.CopyToAsync(copy, Token);
        await reader.CopyToAsync(copy, Token);
        Assert.Equal(content, copy.ToArray());
    }

    [Fact]
    public async Task Deleting_tells_whether_there_was_something()
    {
        await SaveAsync("users/1/2", "x"u8);
        Assert.True(await Store.DeleteAsync("users/1/2", Token));
        Assert.False(await Store.DeleteAsync("users/1/2", Token));
        Assert.False(await Store.DeleteAsync("users/9/9", Token));
        Assert.Null(await Store.OpenAsync("users/1/2", Token));
    }

    [Fact]
    public async Task All_of_a_user_is_deleted_and_nothing_of_another()
    {
        foreach (var key in new[] { "users/1/1", "users/1/10", "users/10/1", "users/2/1", "users/11" })
            await SaveAsync(key, "x"u8);
        await Store.DeleteAllAsync("users/1", Token);
        await Store.DeleteAllAsync("users/3", Token);
        Assert.Equal(["users/10/1", "users/11", "users/2/1"], await KeysAsync());
    }

    [Fact]
    public async Task What_is_listed_is_older_than_was_asked_for()
    {
        await SaveAsync("users/1/1", "x"u8);
        Assert.Empty(await Store.ListAsync(DateTimeOffset.UnixEpoch, Token).ToListAsync(Token));
        Assert.Equal(["users/1/1"], await KeysAsync());
    }

    [Fact]
    public Task A_store_that_is_there_answers() => Store.PingAsync(Token);

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
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.SaveAsync(key, new MemoryStream([1]), Plenty, Token));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.OpenAsync(key, Token));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.DeleteAsync(key, Token));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.DeleteAllAsync(key, Token));
        Assert.Empty(await KeysAsync());
    }

    private protected Task<StoredArtifact> SaveAsync(string key, ReadOnlySpan<byte> content) =>
        Store.SaveAsync(key, new MemoryStream(content.ToArray()), Plenty, Token);

    private protected async Task<byte[]> ReadAsync(string key)
    {
        await using var stream = await Store.OpenAsync(key, Token);
        using var copy = new MemoryStream();
        await stream!.CopyToAsync(copy, Token);
        return copy.ToArray();
    }

    private protected static GeneratedStream Endless(Action<long> reading) => new([], [1, 2, 3], long.MaxValue) { Reading = reading };

    private async Task<string[]> KeysAsync() => [.. (await Store.ListAsync(DateTimeOffset.MaxValue, Token).ToListAsync(Token)).Order(StringComparer.Ordinal)];

    /// <summary>As a request's body is.</summary>
    private sealed class UnseekableStream(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }
    }
}
