using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Airliner.ServiceDefaults.Idempotency;

/// <summary>What a request asks for, as a hash.</summary>
internal static class RequestHash
{
    /// <summary>What of a body stays in memory while it is read twice; the rest goes through a temporary file.</summary>
    private const int MostBytesInMemory = 64 * 1024;

    /// <summary>The hash of query and body; the body is then at its start again.</summary>
    public static async Task<byte[]> OfBodyAsync(HttpRequest request)
    {
        request.EnableBuffering(MostBytesInMemory);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.QueryString}\n"));
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            while (await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted) is > 0 and var read)
                hash.AppendData(buffer, 0, read);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }

        request.Body.Position = 0;
        return hash.GetHashAndReset();
    }

    /// <summary>The hash of what a handler has read.</summary>
    public static byte[] Of(string request) => SHA256.HashData(Encoding.UTF8.GetBytes(request));
}
