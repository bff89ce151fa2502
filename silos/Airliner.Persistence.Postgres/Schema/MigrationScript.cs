using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Airliner.Persistence.Postgres.Schema;

/// <summary>One SQL step as it is embedded: <c>001_grain_state.sql</c>.</summary>
internal sealed partial record MigrationScript(string Name, string Contents)
{
    /// <summary>What tells whether a step is the one that was applied. Line ends do not count: a checkout may turn them.</summary>
    public string Hash { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Contents.ReplaceLineEndings("\n"))));

    /// <summary>Reads a source's steps in their order.</summary>
    /// <exception cref="MigrationException">There is none, one is misnamed, or two have the same number.</exception>
    public static IReadOnlyList<MigrationScript> ReadAll(MigrationSource source)
    {
        var scripts = source.Assembly.GetManifestResourceNames()
            .Where(resource => resource.StartsWith(source.ResourcePrefix, StringComparison.Ordinal))
            .Where(resource => resource.EndsWith(".sql", StringComparison.Ordinal))
            .Select(resource => Read(source, resource))
            .OrderBy(script => script.Name, StringComparer.Ordinal)
            .ToList();

        // A prefix with a slip of the pen would otherwise leave the database as it is, and say so nowhere.
        if (scripts.Count == 0)
            throw new MigrationException($"Source '{source.Name}' has no SQL embedded under '{source.ResourcePrefix}' in {source.Assembly.GetName().Name}.");

        var twice = scripts.GroupBy(script => script.Name[..3]).FirstOrDefault(number => number.Count() > 1);
        if (twice is not null)
            throw new MigrationException($"Steps of source '{source.Name}' share a number: {string.Join(", ", twice.Select(script => script.Name))}.");

        return scripts;
    }

    private static MigrationScript Read(MigrationSource source, string resource)
    {
        var name = resource[source.ResourcePrefix.Length..];
        if (!NumberedName().IsMatch(name))
            throw new MigrationException($"Step '{name}' of source '{source.Name}' is not named NNN_what.sql.");

        using var reader = new StreamReader(source.Assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        return new MigrationScript(name, reader.ReadToEnd());
    }

    [GeneratedRegex(@"^[0-9]{3}_[a-z0-9_]+\.sql$", RegexOptions.CultureInvariant)]
    private static partial Regex NumberedName();
}
