namespace Airliner.Kafka;

/// <summary>The headers that a dead letter has beside its record's own.</summary>
internal static class DeadLetterHeaders
{
    /// <summary>What all of them begin with.</summary>
    public const string Prefix = "dlq_";

    public const string Reason = "dlq_reason";
    public const string Exception = "dlq_exception";
    public const string Stack = "dlq_stack";
    public const string Topic = "dlq_topic";
    public const string Partition = "dlq_partition";
    public const string Offset = "dlq_offset";
    public const string Group = "dlq_group";

    /// <summary>How many bytes the record's value has, where the record is too large to be kept with these headers and stays where it was alone.</summary>
    public const string OmittedBytes = "dlq_omitted_bytes";
}
