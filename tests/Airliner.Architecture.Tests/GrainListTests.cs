using System.Text.RegularExpressions;
using Airliner.Testing;
using Xunit;

namespace Airliner.Architecture.Tests;

/// <summary><c>docs/grains.md</c> is the list of every silo's grains, and says of each what the code says.</summary>
public sealed partial class GrainListTests
{
    private static readonly Dictionary<string, string[][]> _sections = Read();

    [Fact]
    public void Each_silo_has_exactly_the_grains_that_are_listed_for_it()
    {
        var silos = Project.Of("silos").Where(project => project.Service is not null).ToArray();
        Assert.Equal(silos.Select(silo => silo.Service).Order(), _sections.Keys.Order());
        Assert.All(silos, silo => Assert.Equal(
            GrainClass.All.Where(grain => silo.Closure.Contains(grain.Project.Name)).Select(grain => grain.Type.Name).Order(StringComparer.Ordinal),
            _sections[silo.Service!].Select(row => row[0].Trim('`')).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void The_listed_keys_are_those_of_the_interfaces() => Assert.All(GrainClass.All, grain => Assert.StartsWith(grain.Key, RowOf(grain)[1], StringComparison.Ordinal));

    [Fact]
    public void The_listed_stores_are_those_that_the_states_come_from() => Assert.All(GrainClass.All, grain =>
        Assert.Equal(grain.States.Select(state => state.StorageName), Code().Matches(RowOf(grain)[2]).Select(match => match.Groups[1].Value)));

    [Fact]
    public void Stateless_workers_are_listed_as_such_and_no_others() => Assert.All(GrainClass.All, grain =>
        Assert.Equal(grain.IsStatelessWorker, RowOf(grain)[4].Contains("stateless worker", StringComparison.Ordinal)));

    private static string[] RowOf(GrainClass grain) => _sections[grain.Service].Single(row => row[0].Trim('`') == grain.Type.Name);

    /// <summary>The rows of the table below each service's heading: grain, key, store, owns, deactivates.</summary>
    private static Dictionary<string, string[][]> Read()
    {
        var sections = new Dictionary<string, string[][]>(StringComparer.Ordinal);
        foreach (var section in Repository.Read("docs/grains.md").Split("\n## ")[1..])
        {
            var lines = section.Split('\n');
            var rows = lines.Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Trim('|', ' ').Split(" | ")).ToArray();
            if (rows.Length > 0)
                sections.Add(lines[0].Split(' ')[0], rows);
        }

        return sections;
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}
