using System.Text.RegularExpressions;
using Airliner.Testing;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Airliner.Architecture.Tests.Kubernetes;

/// <summary>What <c>docker-compose.yml</c> says, its anchors resolved.</summary>
internal static partial class ComposeFile
{
    private static readonly Dictionary<string, Dictionary<string, object?>> _services = Read();

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

    private static Dictionary<string, Dictionary<string, object?>> Read()
    {
        using var text = new StringReader(Repository.Read("docker-compose.yml"));
        var file = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(new MergingParser(new Parser(text)));
        return Members(file["services"]).ToDictionary(service => service.Key, service => Members(service.Value!));
    }

    private static Dictionary<string, object?> Members(object mapping) => ((Dictionary<object, object?>)mapping).ToDictionary(one => (string)one.Key, one => one.Value);

    [GeneratedRegex(@"\$\{[A-Z_]+:-(?<default>[^}]*)\}")]
    private static partial Regex Default();
}
