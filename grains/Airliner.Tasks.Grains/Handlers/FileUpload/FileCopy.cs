using System.Security.Cryptography;

namespace Airliner.Tasks.Grains.Handlers.FileUpload;

/// <summary>Copies a file's bytes as they come, and knows afterwards how many they are and what they come to.</summary>
/// <param name="announced">Bytes that the server says will come.</param>
internal sealed class FileCopy(FileUploadParameters wanted, long? announced, TimeSpan silentFor, ITaskExecution execution, TimeProvider time)
{
    private const int BlockBytes = 128 * 1024;

    /// <summary>Bytes so far.</summary>
    public long Size { get; private set; }

    /// <summary>Lower-case hex.</summary>
    public string Sha256 { get; private set; } = "";

    /// <exception cref="TaskInputException">It is too large, or not the file that was meant.</exception>
    /// <exception cref="TaskTryAgainException">It did not come to its end.</exception>
    public async Task RunAsync(Stream source, Stream target, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var block = new byte[BlockBytes];
        while (await ReadAsync(source, block, cancellationToken) is > 0 and var count)
        {
            Size += count;
            if (Size > wanted.MaxBytes)
                throw new TaskInputException($"maxBytes: the file has more than {wanted.MaxBytes} bytes.");
            hash.AppendData(block, 0, count);
            await target.WriteAsync(block.AsMemory(0, count), cancellationToken);
            if (announced > 0)
                execution.ReportProgress((int)(Size * 99 / announced.Value));
        }

        Sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (wanted.Sha256 is { } expected && expected != Sha256)
            throw new TaskInputException($"sha256: the file's is {Sha256}.");
    }

    private async Task<int> ReadAsync(Stream source, byte[] block, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(silentFor, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            return await source.ReadAsync(block, either.Token);
        }
        catch (IOException)
        {
            throw new TaskTryAgainException($"url: the connection broke after {Size} bytes.");
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TaskTryAgainException($"url: the server sends nothing for {silentFor.TotalSeconds} seconds, after {Size} bytes.");
        }
    }
}
