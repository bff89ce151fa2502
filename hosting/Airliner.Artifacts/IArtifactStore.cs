namespace Airliner.Artifacts;

/// <summary>
/// Where the bytes of files live. Names, owners and types are a file's metadata and are kept elsewhere; a store knows
/// keys and bytes only.
/// </summary>
/// <remarks>
/// A key is chosen by our own code, never by a client: segments of <c>[A-Za-z0-9._-]</c> joined by single slashes, none of
/// which starts with a dot, at most 512 characters (<c>users/1000/1234</c>). Anything else is an <see cref="ArgumentException"/>.
/// Where a bucket is away or refuses, every method throws <see cref="Contracts.Records.StorageUnavailableException"/>.
/// </remarks>
public interface IArtifactStore
{
    /// <summary>
    /// Streams <paramref name="content"/> to the end into the store. The artifact appears whole and durable, or not at
    /// all; an existing one of the same key is replaced.
    /// </summary>
    /// <param name="key">The artifact's key.</param>
    /// <param name="content">The bytes, read from the current position; stays open.</param>
    /// <param name="maxBytes">The largest content that is taken, in bytes.</param>
    /// <param name="cancellationToken">Gives up and leaves nothing behind.</param>
    /// <exception cref="ArtifactTooLargeException">The content has more than <paramref name="maxBytes"/> bytes; nothing is stored.</exception>
    Task<StoredArtifact> SaveAsync(string key, Stream content, long maxBytes, CancellationToken cancellationToken);

    /// <summary>Opens an artifact for reading: a seekable stream that the caller disposes, or null where there is none.</summary>
    Task<Stream?> OpenAsync(string key, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes an artifact; false where there was none. Whoever is reading it reads on to the end. To seek in it afterwards fails where the store is a bucket.
    /// </summary>
    Task<bool> DeleteAsync(string key, CancellationToken cancellationToken);

    /// <summary>Deletes every artifact whose key begins with these segments, and what unfinished uploads have left there. None is fine.</summary>
    /// <param name="segments">The first segments of keys, for example <c>users/1000</c>.</param>
    /// <param name="cancellationToken">Gives up; what was not deleted yet stays.</param>
    Task DeleteAllAsync(string segments, CancellationToken cancellationToken);

    /// <summary>The keys of all artifacts whose upload began before a time, in any order.</summary>
    IAsyncEnumerable<string> ListAsync(DateTimeOffset before, CancellationToken cancellationToken);

    /// <summary>Ends when the store has answered; throws where it cannot be reached.</summary>
    Task PingAsync(CancellationToken cancellationToken);
}
