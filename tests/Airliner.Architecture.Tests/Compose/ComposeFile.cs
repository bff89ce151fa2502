using System.Text.RegularExpressions;
using Airliner.Testing;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Airliner.Architecture.Tests.Compose;

/// <summary>What <c>docker-compose.yml</c> says, and what the files beside it say, their anchors resolved.</summary>
internal static partial class ComposeFile
{
    private static readonly Dictionary<string, Dictionary<string, object?>> _services = ServicesOf("docker-compose.yml");

    /// <summary>That file, and those that are put on top of it.</summary>
    public static IEnumerable<string> Files => Directory.EnumerateFiles(Repository.Root, "docker-compose*.yml").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal);

    public static IEnumerable<string> Services => _services.Keys;

    /// <summary>The processes of ours.</summary>
    public static IEnumerable<string> Processes =>
        Services.Where(name => name.EndsWith("-silo", StringComparison.Ordinal) || name.EndsWith("-service", StringComparison.Ordinal));

    public static string Image(string service) => (string)_services[service]["image"]!;

    public static IEnumerable<string> Secrets(string service) => _services[service].TryGetValue("secrets", out var secrets) ? ((List<object>)secrets!).Cast<string>() : [];

    /// <summary>What a service's process is told, where it is not left to whoever starts it.</summary>
    /// <remarks>Of <c>${NAME:-default}</c> it is the default.</remarks>
    public static Dictionary<string, string> Environment(string service) => Members(_services[service]["environment"]!)
        .Where(one => one.Value is string)
        .ToDictionary(one => one.Key, one => Default().Replace((string)one.Value!, "${default}"));

    /// <summary>The services of a file. One that it takes out of the file below has nothing.</summary>
    public static Dictionary<string, Dictionary<string, object?>> ServicesOf(string file)
    {
        // Compose's own tags, which say that a value takes the place of the one below.
        using var text = new StringReader(Repository.Read(file).Replace("!reset ", "", StringComparison.Ordinal).Replace("!override ", "", StringComparison.Ordinal));
        var members = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(new MergingParser(new Parser(text)));
        return Members(members["services"]).ToDictionary(service => service.Key, service => service.Value is null ? [] : Members(service.Value));
    }

    private static Dictionary<string, object?> Members(object mapping) => ((Dictionary<object, object?>)mapping).ToDictionary(one => (string)one.Key, one => one.Value);

    [GeneratedRegex(@"\$\{[A-Z_]+:-(?<default>[^}]*)\}")]
    private static partial Regex Default();
}
