using System.Globalization;
using System.Text;
using Airliner.Contracts;
using Airliner.Persistence.Postgres.Outbox;
using Confluent.Kafka;

namespace Airliner.Kafka;

/// <summary>The headers of an event: CloudEvents 1.0, Kafka protocol binding, binary content mode.</summary>
internal static class CloudEventHeaders
{
    public const string SpecVersion = "ce_specversion";
    public const string Id = "ce_id";
    public const string Type = "ce_type";
    public const string Source = "ce_source";
    public const string Time = "ce_time";
    public const string Subject = "ce_subject";
    public const string Sequence = "ce_sequence";
    public const string TraceParent = "traceparent";

    private static readonly byte[] _version = "1.0"u8.ToArray();
    private static readonly byte[] _json = "application/json"u8.ToArray();

    /// <summary>The headers of an event of a service.</summary>
    /// <param name="source">The service, as <c>/airliner/tasks</c> in UTF-8.</param>
    public static Headers Of(OutboxEvent e, byte[] source)
    {
        var headers = new Headers
        {
            { SpecVersion, _version },
            { Id, Encoding.UTF8.GetBytes(e.EventId.ToString()) },
            { Type, Encoding.UTF8.GetBytes(e.Type) },
            { Source, source },
            { Time, Rfc3339.Utf8(e.Time) },
            { Subject, Encoding.UTF8.GetBytes(e.Subject) },
            { Sequence, Encoding.UTF8.GetBytes(e.Sequence.ToString(CultureInfo.InvariantCulture)) },
            { "content-type", _json },
        };
        if (e.TraceParent is not null)
            headers.Add(TraceParent, Encoding.UTF8.GetBytes(e.TraceParent));
        return headers;
    }

    /// <summary>A header's text; null where there is none.</summary>
    public static string? Read(Headers headers, string name) =>
        headers.TryGetLastBytes(name, out var value) && value is { Length: > 0 } ? Encoding.UTF8.GetString(value) : null;
}
