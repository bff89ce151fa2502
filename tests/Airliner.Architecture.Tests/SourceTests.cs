using Airliner.Testing;
using Xunit;

namespace Airliner.Architecture.Tests;

/// <summary>How our files are.</summary>
public sealed class SourceTests
{
    private const int MostLines = 300;

    private static readonly string[] _sources =
        [.. new[] { "contracts", "grains", "silos", "gateways", "hosting" }.SelectMany(folder => Repository.Files(folder, ".cs"))];

    [Fact]
    public void No_file_is_longer_than_three_hundred_lines() =>
        Assert.All(_sources, file => Assert.True(File.ReadLines(Path.Combine(Repository.Root, file)).Count() <= MostLines, $"{file} is longer than {MostLines} lines."));

    [Fact]
    public void The_build_refuses_the_wall_clock_and_nobody_excuses_himself()
    {
        var banned = Repository.Read("BannedSymbols.txt");
        foreach (var property in new[] { "DateTime.Now", "DateTime.UtcNow", "DateTimeOffset.Now", "DateTimeOffset.UtcNow" })
            Assert.Contains($"P:System.{property};", banned, StringComparison.Ordinal);
        Assert.All(_sources.Concat(Project.All.Select(project => project.File)), file => Assert.DoesNotContain("RS0030", Repository.Read(file), StringComparison.Ordinal));
    }

    [Fact]
    public void A_namespace_is_its_folder() => Assert.All(_sources, file =>
    {
        var declared = File.ReadLines(Path.Combine(Repository.Root, file)).FirstOrDefault(line => line.StartsWith("namespace ", StringComparison.Ordinal));
        if (declared is not null)
            Assert.Equal($"namespace {Path.GetDirectoryName(file)![(file.IndexOf('/', StringComparison.Ordinal) + 1)..].Replace('\\', '.').Replace('/', '.')};", declared);
    });
}
