using Airliner.Tasks.Grains.Handlers.Rows;

namespace Airliner.Tasks.Grains.Handlers.DataProcessing;

/// <summary>Reads <c>join: {source, on: ["column" or {left, right}], type: "inner" or "left", prefix}</c>.</summary>
internal static class JoinParser
{
    private static readonly Dictionary<string, bool> _types = new(StringComparer.Ordinal) { ["inner"] = false, ["left"] = true };

    public static JoinParameter? Parse(JsonMember join)
    {
        if (!join.Exists)
            return null;
        var (on, type, prefix) = (join.Member("on"), join.Member("type"), join.Member("prefix"));
        var keys = on.Items().ConvertAll(Key);
        if (keys.Count == 0)
            throw on.Wrong("must name a column that both sources have, or {left, right}");
        return new(SourceParameter.Parse(join.Member("source")), keys, type.Exists && type.OneOf(_types), prefix.Exists ? prefix.Text() : "");
    }

    private static JoinKey Key(JsonMember key) => key.IsText
        ? new(key.Text(), key.Text(), key.Path)
        : new(key.Member("left").Text(), key.Member("right").Text(), key.Path);
}
