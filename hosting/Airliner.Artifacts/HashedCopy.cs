using System.Buffers;
using System.Security.Cryptography;

namespace Airliner.Artifacts;

/// <summary>Copies content to where a store keeps it, and measures it on the way.</summary>
internal static class HashedCopy
{
    private const int BufferBytes = 128 * 1024;

    /// <summary>Reads <paramref name="content"/> to its end.</summary>
    /// <param name="write">Takes each piece; its memory is used again afterwards.</param>
    /// <exception cref="ArtifactTooLargeException">There are more than <paramref name="maxBytes"/> bytes.</exception>
    public static async Task<StoredArtifact> RunAsync(
        Stream content, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> write, long maxBytes, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var size = 0L;
            int read;
            while ((read = await content.ReadAsync(buffer, cancellationToken)) > 0)
            {
                size += read;
                if (size > maxBytes)
                    throw new ArtifactTooLargeException(maxBytes);
                hash.AppendData(buffer, 0, read);
                await write(buffer.AsMemory(0, read), cancellationToken);
            }

            return new StoredArtifact(size, Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
