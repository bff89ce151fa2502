using System.Globalization;
using System.Text;

namespace Airliner.Benchmark.Load;

/// <summary>Requests as bytes.</summary>
internal static class HttpRequests
{
    /// <param name="token">An access token, where the server wants one.</param>
    public static byte[] Get(string path, string? token = null) => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{Authorization(token)}\r\n");

    /// <inheritdoc cref="Get"/>
    public static byte[] Post(string path, string json, string? token = null) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{Authorization(token)}Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(json)}\r\n\r\n{json}"));

    private static string Authorization(string? token) => token is null ? "" : $"Authorization: Bearer {token}\r\n";
}
