using System.Globalization;
using System.Text.Json;
using Airliner.Contracts;
using Airliner.Contracts.Audit;

namespace Airliner.Persistence.Postgres.Audit;

/// <summary>Where a request came from, as the log keeps it: sealed with its user's key.</summary>
internal sealed record AuditOrigin(string SourceAddress, string UserAgent)
{
    public static byte[] Seal(byte[] key, long userId, CallOrigin origin) => SealedBytes.Seal(
        key, JsonSerializer.SerializeToUtf8Bytes(new AuditOrigin(origin.SourceAddress, origin.UserAgent), AirlinerJson.Options), Subject(userId));

    /// <summary>Null where it cannot be opened any more.</summary>
    public static AuditOrigin? Open(byte[]? key, long userId, byte[]? sealedOrigin) =>
        key is not null && sealedOrigin is not null && SealedBytes.Open(key, sealedOrigin, Subject(userId)) is { } plain
            ? JsonSerializer.Deserialize<AuditOrigin>(plain, AirlinerJson.Options)
            : null;

    private static string Subject(long userId) => string.Create(CultureInfo.InvariantCulture, $"audit origin {userId}");
}
