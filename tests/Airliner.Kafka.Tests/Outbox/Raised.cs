using System.Text;
using Airliner.Persistence.Postgres.Outbox;

namespace Airliner.Kafka.Tests.Outbox;

/// <summary>Makes events of test entities.</summary>
internal static class Raised
{
    /// <summary>A time that is long past: a row of it was never handed over, if the relay does not know it.</summary>
    public static readonly DateTimeOffset Time = new(2026, 3, 1, 12, 30, 15, 250, TimeSpan.Zero);

    /// <summary>One event, of now unless told. Its key is its subject, its value <c>{"n": sequence}</c> and as many spaces as make it <paramref name="bytes"/> long.</summary>
    public static OutboxEvent One(string topic, string subject, long sequence, DateTimeOffset? time = null, int bytes = 0) => new(
        subject,
        sequence,
        Guid.CreateVersion7(),
        topic,
        subject,
        "thing_happened",
        time ?? TimeProvider.System.GetUtcNow(),
        Encoding.UTF8.GetBytes($"{{\"n\":{sequence}}}".PadRight(bytes)),
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

    /// <summary>The events <paramref name="from"/> to <paramref name="to"/> of an entity.</summary>
    public static IReadOnlyList<OutboxEvent> Many(string topic, string subject, long from, long to) =>
        [.. Enumerable.Range((int)from, (int)(to - from + 1)).Select(sequence => One(topic, subject, sequence))];
}
