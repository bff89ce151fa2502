using System.Text.RegularExpressions;
using Airliner.Testing;

namespace Airliner.Telemetry.Tests.Metrics;

/// <summary>What a process has at <c>/metrics</c>.</summary>
internal static partial class Exposition
{
    /// <summary>Each metric's name, and its type: counter, gauge, histogram.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> TypesAsync(this RunningGateway gateway) =>
        Type().Matches(await gateway.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative))).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["type"].Value);

    [GeneratedRegex("^# TYPE (?<name>[^ ]+) (?<type>[a-z]+)", RegexOptions.Multiline)]
    private static partial Regex Type();
}
