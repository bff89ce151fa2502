using System.Text;
using Confluent.Kafka;

namespace Airliner.Kafka.Redrive;

/// <summary>A dead letter as it is kept.</summary>
/// <param name="Topic">The topic of dead letters.</param>
/// <param name="Time">When it was given up.</param>
/// <param name="Key">The record's key as it came.</param>
/// <param name="Value">The record's value as it came.</param>
/// <param name="Headers">The record's headers as they came, and those that say why and from where.</param>
public sealed record KeptLetter(
    string Topic, int Partition, long Offset, DateTimeOffset Time, byte[]? Key, byte[]? Value, IReadOnlyList<KeyValuePair<string, byte[]>> Headers)
{
    /// <summary>The event's id, null where the record has none.</summary>
    public string? EventId => Header(CloudEventHeaders.Id);

    /// <summary>The event's type, null where the record has none.</summary>
    public string? Type => Header(CloudEventHeaders.Type);

    /// <summary>Why it was given up, null where no consumer of ours put it here.</summary>
    public string? Reason => Header(DeadLetterHeaders.Reason);

    /// <summary>Where it came from, as <c>topic 3:17</c>; null where no consumer of ours put it here.</summary>
    public string? Origin => Header(DeadLetterHeaders.Topic) is { } topic
        ? $"{topic} {Header(DeadLetterHeaders.Partition)}:{Header(DeadLetterHeaders.Offset)}"
        : null;

    /// <summary>Whether the record was too large to be kept here with its reason: it is at its <see cref="Origin"/> alone.</summary>
    public bool IsOmitted => Header(DeadLetterHeaders.OmittedBytes) is not null;

    internal static KeptLetter Of(ConsumeResult<byte[], byte[]> record) => new(
        record.Topic,
        record.Partition.Value,
        record.Offset.Value,
        record.Message.Timestamp.UtcDateTime,
        record.Message.Key,
        record.Message.Value,
        [.. record.Message.Headers.Select(header => KeyValuePair.Create(header.Key, header.GetValueBytes() ?? []))]);

    /// <summary>The record as it came.</summary>
    internal Message<byte[], byte[]> Original()
    {
        var headers = new Headers();
        foreach (var (name, value) in Headers.Where(header => !header.Key.StartsWith(DeadLetterHeaders.Prefix, StringComparison.Ordinal)))
            headers.Add(name, value);
        return new() { Key = Key!, Value = Value!, Headers = headers };
    }

    /// <summary>The last header of a name: who gave the letter up wrote after whoever wrote the record.</summary>
    private string? Header(string name) =>
        Headers.LastOrDefault(header => header.Key == name) is { Key: not null } found ? Encoding.UTF8.GetString(found.Value) : null;
}
