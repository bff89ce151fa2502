using System.Text.Json;
using System.Text.RegularExpressions;
using Fluid.Ast;

namespace Airliner.Notifications.Grains.Templates;

/// <summary>
/// Finds names of filters and values that do not exist, in all branches of a template: rendering would find those of one. Loops go over the lists of the data
/// alone: one over numbers may be of any length, and one over an object's members yields lists.
/// </summary>
internal sealed class TemplateCheck(string source, IReadOnlyDictionary<string, JsonElement> known) : AstVisitor
{
    private readonly Dictionary<string, JsonElement> _locals = [];

    /// <summary>The first problem and its line; null where there is none.</summary>
    public (int Line, string Reason)? Problem { get; private set; }

    protected override Expression VisitFilterExpression(FilterExpression filterExpression)
    {
        base.VisitFilterExpression(filterExpression);
        if (!Liquid.Options.Filters.TryGetValue(filterExpression.Name, out _))
            Report($@"\|\s*{Regex.Escape(filterExpression.Name)}", $"There is no filter '{filterExpression.Name}'.");
        return filterExpression;
    }

    protected override Expression VisitMemberExpression(MemberExpression memberExpression)
    {
        base.VisitMemberExpression(memberExpression);
        var names = memberExpression.Segments.TakeWhile(segment => segment is IdentifierSegment).Cast<IdentifierSegment>().Select(segment => segment.Identifier).ToList();
        if (names.Count == 0)
            return memberExpression;
        if (!_locals.TryGetValue(names[0], out var value) && !known.TryGetValue(names[0], out value))
            Report(Word(names[0]), $"There is no '{names[0]}'. There are {string.Join(", ", known.Keys.Order(StringComparer.Ordinal))}.");
        else if (names.Count > 1 && value.ValueKind == JsonValueKind.Object && !value.TryGetProperty(names[1], out _))
            Report(Word($"{names[0]}.{names[1]}"), $"There is no '{names[0]}.{names[1]}'.");
        return memberExpression;
    }

    protected override Statement VisitAssignStatement(AssignStatement assignStatement)
    {
        base.VisitAssignStatement(assignStatement);
        AddLocal(assignStatement.Identifier, default);
        return assignStatement;
    }

    protected override Statement VisitForStatement(ForStatement forStatement)
    {
        if (forStatement.Source is MemberExpression { Segments: [IdentifierSegment list] } && known.TryGetValue(list.Identifier, out var value)
            && value.ValueKind == JsonValueKind.Array)
        {
            AddLocal(forStatement.Identifier, value.EnumerateArray().FirstOrDefault());
            _locals["forloop"] = default;
        }
        else
        {
            Report($@"\bfor\s+{Regex.Escape(forStatement.Identifier)}", "A loop goes over a list of the data, and nothing else.");
        }

        return base.VisitForStatement(forStatement);
    }

    /// <summary>A local of a value's name would have the value be something else, of which nothing is known here, in the next round of a loop.</summary>
    private void AddLocal(string name, JsonElement sample)
    {
        if (known.ContainsKey(name))
            Report(Word(name), $"'{name}' is a value of the data: choose another name.");
        _locals[name] = sample;
    }

    private static string Word(string name) => $@"(?<![\w.]){Regex.Escape(name)}";

    private void Report(string pattern, string reason) => Problem ??= (LineOf(pattern), reason);

    /// <summary>The line where it first stands in a tag: Fluid's tree does not know.</summary>
    private int LineOf(string pattern)
    {
        foreach (var match in Regex.EnumerateMatches(source, $@"{pattern}(?!\w)"))
        {
            var before = source.AsSpan(0, match.Index);
            if (Math.Max(before.LastIndexOf("{{"), before.LastIndexOf("{%")) > Math.Max(before.LastIndexOf("}}"), before.LastIndexOf("%}")))
                return before.Count('\n') + 1;
        }

        return 1;
    }
}
