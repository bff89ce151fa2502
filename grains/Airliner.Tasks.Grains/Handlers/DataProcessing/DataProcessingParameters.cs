namespace Airliner.Tasks.Grains.Handlers.DataProcessing;

/// <summary>The parameters of a task, checked for shape; columns are checked once the source's are known. No limit means all rows.</summary>
internal sealed record DataProcessingParameters(
    SourceParameter Source,
    IReadOnlyList<ConditionParameter> Where,
    IReadOnlyList<string> Select,
    IReadOnlyList<string> GroupBy,
    IReadOnlyList<AggregateParameter> Aggregate,
    IReadOnlyList<SortParameter> Sort,
    long? Limit);

/// <summary>Where rows come from: either text of a known format, or a file whose format may be named.</summary>
internal sealed record SourceParameter(byte[]? Text, long? FileId, SourceFormat? Format);

internal enum SourceFormat
{
    Csv,
    JsonLines,
}

internal sealed record ConditionParameter(string Column, ConditionOperator Operator, IReadOnlyList<Operand> Values, bool Expected);

internal enum ConditionOperator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Contains,
    StartsWith,
    In,
    IsEmpty,
}

/// <summary>The right side of a comparison, as text and, where the text is one, as a number.</summary>
internal sealed record Operand(byte[] Text, CellNumber? Number);

/// <summary>One aggregate; without a column it is a <c>count</c> of rows.</summary>
internal sealed record AggregateParameter(AggregateOperator Operator, string? Column, string As);

internal enum AggregateOperator
{
    Count,
    Sum,
    Average,
    Minimum,
    Maximum,
}

internal sealed record SortParameter(string Column, bool Descending);
