using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Airliner.Persistence.Postgres.Audit;

/// <summary>
/// What is signed of the audit log: HMAC-SHA-256 over each member with its length before it, so that no two things have the same bytes. A hash without a key would
/// do against accidents alone: whoever changes a row can hash it, too.
/// </summary>
internal static class AuditMac
{
    /// <summary>What a chain's first row is chained to: the chain itself.</summary>
    public static byte[] OfStart(byte[] key, long chain, string writer) => new Signed(key, "start").Add(chain).Add(writer).End();

    public static byte[] OfRow(byte[] key, AuditRow row, byte[] previousMac) => new Signed(key, "row")
        .Add(previousMac).Add(row.Chain).Add(row.Sequence).Add(row.At.UtcTicks / TimeSpan.TicksPerMicrosecond)
        .Add(row.Action).Add(row.Actor).Add(row.ActorUserId).Add(row.ActorClientId).Add(row.UserId).Add(row.ClientId)
        .Add(row.KeyUserId).Add(row.Origin).Add(row.Details).End();

    public static byte[] OfHead(byte[] key, ChainHead head) => new Signed(key, "head").Add(head.Chain).Add(head.Writer).Add(head.Sequence).Add(head.Mac).End();

    public static byte[] OfSwept(byte[] key, long chain, long sequence, byte[] mac) => new Signed(key, "swept").Add(chain).Add(sequence).Add(mac).End();

    public static bool Equal(byte[] one, byte[] other) => CryptographicOperations.FixedTimeEquals(one, other);

    /// <summary>A MAC that is being made.</summary>
    private readonly struct Signed
    {
        private const int Absent = -1;

        private readonly IncrementalHash _hash;

        public Signed(byte[] key, string what)
        {
            _hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
            Add(what);
        }

        public Signed Add(string? text) => Add(text is null ? null : Encoding.UTF8.GetBytes(text));

        public Signed Add(long? number)
        {
            if (number is not { } value)
                return Add((byte[]?)null);
            var bytes = new byte[sizeof(long)];
            BinaryPrimitives.WriteInt64BigEndian(bytes, value);
            return Add(bytes);
        }

        public Signed Add(byte[]? bytes)
        {
            Span<byte> length = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32BigEndian(length, bytes?.Length ?? Absent);
            _hash.AppendData(length);
            _hash.AppendData(bytes ?? []);
            return this;
        }

        public byte[] End()
        {
            using (_hash)
                return _hash.GetHashAndReset();
        }
    }
}
