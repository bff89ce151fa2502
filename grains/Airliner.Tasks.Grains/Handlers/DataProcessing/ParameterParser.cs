using System.Text;
using System.Text.Json;
using Airliner.Tasks.Grains.Handlers.Rows;

namespace Airliner.Tasks.Grains.Handlers.DataProcessing;

/// <summary>Reads the parameters of a <c>data_processing</c> task, and what of them a report has too; whatever cannot be used is named by its path.</summary>
internal static class ParameterParser
{
    private static readonly Dictionary<string, ConditionOperator> _conditions = new(StringComparer.Ordinal)
    {
        ["eq"] = ConditionOperator.Equal,
        ["ne"] = ConditionOperator.NotEqual,
        ["lt"] = ConditionOperator.Less,
        ["le"] = ConditionOperator.LessOrEqual,
        ["gt"] = ConditionOperator.Greater,
        ["ge"] = ConditionOperator.GreaterOrEqual,
        ["contains"] = ConditionOperator.Contains,
        ["startsWith"] = ConditionOperator.StartsWith,
        ["in"] = ConditionOperator.In,
        ["isEmpty"] = ConditionOperator.IsEmpty,
    };

    private static readonly Dictionary<string, AggregateOperator> _aggregates = new(StringComparer.Ordinal)
    {
        ["count"] = AggregateOperator.Count,
        ["sum"] = AggregateOperator.Sum,
        ["avg"] = AggregateOperator.Average,
        ["min"] = AggregateOperator.Minimum,
        ["max"] = AggregateOperator.Maximum,
    };

    public static DataProcessingParameters Parse(JsonElement parameters)
    {
        var root = JsonMember.Root(parameters);
        return new(
            SourceParameter.Parse(root.Member("source")),
            root.Member("where").Items().ConvertAll(Condition),
            root.Member("select").Items().ConvertAll(column => column.Text()),
            root.Member("groupBy").Items().ConvertAll(column => column.Text()),
            root.Member("aggregate").Items().ConvertAll(Aggregate),
            root.Member("sort").Items().ConvertAll(Sort),
            Limit(root.Member("limit")),
            JoinParser.Parse(root.Member("join")));
    }

    private static ConditionParameter Condition(JsonMember condition)
    {
        var column = condition.Member("column").Text();
        var operation = condition.Member("op").OneOf(_conditions);
        var value = condition.Member("value");
        return operation switch
        {
            ConditionOperator.IsEmpty => new(column, operation, [], value.Boolean() ?? true),
            ConditionOperator.In when !value.Exists => throw value.Wrong("is required"),
            ConditionOperator.In => new(column, operation, value.Items().ConvertAll(Operand), true),
            _ => new(column, operation, [Operand(value)], true),
        };
    }

    private static Operand Operand(JsonMember value)
    {
        var text = Encoding.UTF8.GetBytes(value.Scalar());
        return new(text, CellNumber.TryParse(text, out var number) ? number : null);
    }

    private static AggregateParameter Aggregate(JsonMember aggregate)
    {
        var operation = aggregate.Member("op");
        var kind = operation.OneOf(_aggregates);
        var column = aggregate.Member("column");
        var name = column.Exists || kind is not AggregateOperator.Count ? column.Text() : null;
        var alias = aggregate.Member("as");
        return new(kind, name, alias.Exists ? alias.Text() : name is null ? "count" : $"{operation.Text()}_{name}");
    }

    private static SortParameter Sort(JsonMember sort) =>
        new(sort.Member("column").Text(), sort.Member("descending").Boolean() ?? false);

    private static long? Limit(JsonMember limit)
    {
        if (!limit.Exists)
            return null;
        var rows = limit.WholeNumber();
        return rows >= 0 ? rows : throw limit.Wrong("must not be negative");
    }
}
