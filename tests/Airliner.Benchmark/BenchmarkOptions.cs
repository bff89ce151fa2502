using System.Globalization;
using Airliner.Benchmark.Scenarios;

namespace Airliner.Benchmark;

/// <summary>What <c>./airliner bench</c> was asked for.</summary>
/// <param name="Rows">The rows to measure, in the order of the table.</param>
/// <param name="Round">How long each side is loaded in a round.</param>
/// <param name="WarmUp">How long each side is loaded before that: the runtime compiles what is hot again for a while.</param>
/// <param name="Rounds">How often the sides take turns; medians of the rounds are reported.</param>
/// <param name="Connections">Connections that each have one request under way.</param>
/// <param name="Soak">How long the memory row loads the embedded system; zero leaves it idle.</param>
/// <param name="Json">Where the table is written as JSON as well.</param>
internal sealed record BenchmarkOptions(IReadOnlyList<string> Rows, TimeSpan Round, TimeSpan WarmUp, int Rounds, int Connections, TimeSpan Soak, string? Json)
{
    /// <exception cref="FormatException">The command line has something else; the message says what.</exception>
    public static BenchmarkOptions Parse(string[] words)
    {
        var rows = new List<string>();
        var (round, warmUp, rounds, connections, soak, json) = (5.0, 40.0, 3, 128, 0.0, default(string));
        for (var i = 0; i < words.Length; i++)
        {
            switch (words[i])
            {
                case "--seconds": round = Number(words, ++i, 0.5, 3600); break;
                case "--warm-up": warmUp = Number(words, ++i, 0.5, 3600); break;
                case "--rounds": rounds = (int)Number(words, ++i, 1, 100); break;
                case "--connections": connections = (int)Number(words, ++i, 1, 1000); break;
                case "--soak": soak = Number(words, ++i, 0, 24 * 60); break;
                case "--json": json = Value(words, ++i); break;
                case var option when option.StartsWith('-'): throw new FormatException($"There is no option {option}; ./airliner bench --help lists them.");
                case var name when Scenario.Rows.Contains(name): rows.Add(name); break;
                case var name: throw new FormatException($"There is no row {name}; there are {string.Join(", ", Scenario.Rows)}.");
            }
        }

        return new(
            rows.Count > 0 ? [.. Scenario.Rows.Where(rows.Contains)] : Scenario.Rows,
            TimeSpan.FromSeconds(round), TimeSpan.FromSeconds(warmUp), rounds, connections, TimeSpan.FromMinutes(soak), json);
    }

    private static string Value(string[] words, int i) => i < words.Length ? words[i] : throw new FormatException($"{words[^1]} needs a value.");

    private static double Number(string[] words, int i, double min, double max) =>
        double.TryParse(Value(words, i), CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw new FormatException($"{words[i - 1]} takes a number from {min} to {max}, which {words[i]} is not.");
}
