using Airliner.Tasks.Grains.Handlers.Rows;

namespace Airliner.Tasks.Grains.Handlers.DataProcessing;

/// <summary>The parameters of a task, checked for shape; columns are checked once the source's are known. No limit means all rows.</summary>
internal sealed record DataProcessingParameters(
    SourceParameter Source,
    IReadOnlyList<ConditionParameter> Where,
    IReadOnlyList<string> Select,
    IReadOnlyList<string> GroupBy,
    IReadOnlyList<AggregateParameter> Aggregate,
    IReadOnlyList<SortParameter> Sort,
    long? Limit,
    JoinParameter? Join = null);

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

/// <summary>Another source, whose rows are put beside those of the first where the keys are the same.</summary>
/// <param name="KeepsUnmatched">Whether a row of the first source that has no match stays, with empty cells (a left join).</param>
/// <param name="Prefix">What the names of the second source's columns begin with.</param>
internal sealed record JoinParameter(SourceParameter Source, IReadOnlyList<JoinKey> On, bool KeepsUnmatched, string Prefix);

/// <param name="Left">A column of the first source.</param>
/// <param name="Right">The column of the second that must have the same text.</param>
/// <param name="Member">The path of the parameter, for messages.</param>
internal sealed record JoinKey(string Left, string Right, string Member);
