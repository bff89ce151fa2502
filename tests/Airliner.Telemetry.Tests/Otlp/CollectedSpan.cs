using Google.Protobuf;

namespace Airliner.Telemetry.Tests.Otlp;

/// <summary>A span as it came to the collector. Ids are in lower-case hexadecimal.</summary>
/// <param name="Service">The <c>service.name</c> of the process.</param>
/// <param name="Scope">The library that made it.</param>
/// <param name="ParentId">Empty where it has no parent.</param>
public sealed record CollectedSpan(
    string Service, string Scope, string Name, Span.Types.SpanKind Kind, string TraceId, string Id, string ParentId,
    IReadOnlyDictionary<string, string> Attributes, IReadOnlyList<string> LinkedIds)
{
    public static IEnumerable<CollectedSpan> Of(ExportTraceServiceRequest request) =>
        from resource in request.ResourceSpans
        let service = resource.Resource.Attributes.First(attribute => attribute.Key == "service.name").Value.StringValue
        from scope in resource.ScopeSpans
        from span in scope.Spans
        select new CollectedSpan(
            service, scope.Scope.Name, span.Name, span.Kind, Hex(span.TraceId), Hex(span.SpanId), Hex(span.ParentSpanId),
            span.Attributes.ToDictionary(attribute => attribute.Key, attribute => Text(attribute.Value)), [.. span.Links.Select(link => Hex(link.SpanId))]);

    private static string Hex(ByteString id) => Convert.ToHexStringLower(id.Span);

    private static string Text(AnyValue value) => value.ValueCase switch
    {
        AnyValue.ValueOneofCase.StringValue => value.StringValue,
        AnyValue.ValueOneofCase.IntValue => FormattableString.Invariant($"{value.IntValue}"),
        AnyValue.ValueOneofCase.DoubleValue => FormattableString.Invariant($"{value.DoubleValue}"),
        AnyValue.ValueOneofCase.BoolValue => value.BoolValue ? "true" : "false",
        _ => "",
    };
}
