using System.Text.RegularExpressions;

namespace Airliner.Architecture.Tests;

/// <summary>Judges SQL by whether the version before it goes on as if it had not run: nothing that it uses is taken away, renamed or held to more.</summary>
internal static partial class AdditiveSql
{
    /// <summary>The statements of a script that the version before might stumble over.</summary>
    public static IReadOnlyList<string> Breaches(string script)
    {
        var made = new HashSet<string>(StringComparer.Ordinal);
        var breaches = new List<string>();
        foreach (var statement in Statements(script))
        {
            if (Created().Match(statement) is { Success: true } created)
                made.Add(created.Groups["table"].Value);
            else if (IsBreach(statement, made))
                breaches.Add(statement);
        }

        return breaches;
    }

    /// <param name="made">Tables of the script itself, which the version before does not know.</param>
    private static bool IsBreach(string statement, HashSet<string> made)
    {
        if (AlteredTable().Match(statement) is { Success: true } altered)
        {
            return !made.Contains(altered.Groups["table"].Value)
                && Actions(altered.Groups["actions"].Value).Any(action => !Allowed().IsMatch(action) || RefusesRows().IsMatch(action));
        }

        if (UniqueIndex().Match(statement) is { Success: true } unique)
            return !made.Contains(unique.Groups["table"].Value);
        return !Harmless().IsMatch(statement);
    }

    /// <summary>What a statement does to its table, one thing after another: at commas that are in no parentheses.</summary>
    private static IEnumerable<string> Actions(string actions)
    {
        var (depth, start) = (0, 0);
        for (var i = 0; i < actions.Length; i++)
        {
            depth += actions[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (actions[i] != ',' || depth > 0)
                continue;
            yield return actions[start..i].Trim();
            start = i + 1;
        }

        yield return actions[start..].Trim();
    }

    /// <summary>Without comments, the bodies of functions, and what texts say.</summary>
    private static IEnumerable<string> Statements(string script) =>
        Text().Replace(Comment().Replace(Body().Replace(script, "''"), ""), "''").ToLowerInvariant()
            .Split(';').Select(statement => Space().Replace(statement, " ").Trim()).Where(statement => statement.Length > 0);

    [GeneratedRegex(@"\$(?<tag>\w*)\$.*?\$\k<tag>\$", RegexOptions.Singleline)]
    private static partial Regex Body();

    [GeneratedRegex("--[^\n]*")]
    private static partial Regex Comment();

    [GeneratedRegex("'(?:[^']|'')*'")]
    private static partial Regex Text();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();

    [GeneratedRegex(@"^create table (if not exists )?(?<table>\w+)")]
    private static partial Regex Created();

    [GeneratedRegex(@"^alter table (if exists )?(only )?(?<table>\w+) (?<actions>.*)$")]
    private static partial Regex AlteredTable();

    [GeneratedRegex(@"^create unique index (if not exists )?\w+ on (?<table>\w+)")]
    private static partial Regex UniqueIndex();

    [GeneratedRegex(@"^(add (?!(constraint|check|unique|foreign|primary|exclude)\b)|alter (column )?\w+ (set default|set statistics|drop not null)|set \()")]
    private static partial Regex Allowed();

    /// <summary>A column that a row of the version before does not have, and may not be without, or a rule that its rows may not follow.</summary>
    [GeneratedRegex(@"^add (?!.*\bdefault\b).*\bnot null\b|^add .*\b(unique|primary key|check|references)\b")]
    private static partial Regex RefusesRows();

    [GeneratedRegex(@"^(create (index|sequence|function|trigger|type|view)|comment on|insert into|update|with|analyze)\b")]
    private static partial Regex Harmless();
}
