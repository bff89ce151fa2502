using System.Text.RegularExpressions;
using Airliner.Testing;

namespace Airliner.Telemetry.Tests.Metrics;

/// <summary>What a process has at <c>/metrics</c>.</summary>
internal static partial class Exposition
{
    /// <summary>Each metric's name, and its type: counter, gauge, histogram.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> TypesAsync(this RunningGateway gateway) =>
        Type().Matches(await gateway.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative))).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["type"].Value);

    /// <summary>Each series by its metric's name, with its labels.</summary>
    public static async Task<ILookup<string, IReadOnlyDictionary<string, string>>> SeriesAsync(this RunningGateway gateway) =>
        Series().Matches(await gateway.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative))).ToLookup(
            match => match.Groups["name"].Value,
            IReadOnlyDictionary<string, string> (match) => Label().Matches(match.Groups["labels"].Value).ToDictionary(label => label.Groups[1].Value, label => label.Groups[2].Value));

    [GeneratedRegex("^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\\{(?<labels>([^\"}]|\"([^\"\\\\]|\\\\.)*\")*)\\})? ", RegexOptions.Multiline)]
    private static partial Regex Series();

    [GeneratedRegex("([a-zA-Z_][a-zA-Z0-9_]*)=\"(([^\"\\\\]|\\\\.)*)\"")]
    private static partial Regex Label();

    [GeneratedRegex("^# TYPE (?<name>[^ ]+) (?<type>[a-z]+)", RegexOptions.Multiline)]
    private static partial Regex Type();
}
