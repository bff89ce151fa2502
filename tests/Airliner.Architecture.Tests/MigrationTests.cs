using System.Globalization;
using System.Text.RegularExpressions;
using Airliner.Testing;
using Xunit;

namespace Airliner.Architecture.Tests;

/// <summary>The SQL that makes the databases.</summary>
public sealed partial class MigrationTests
{
    private static readonly string[] _scripts = [.. Repository.Files("silos", ".sql")];

    [Fact]
    public void Every_script_is_called_by_its_number_and_what_it_does()
    {
        Assert.NotEmpty(_scripts);
        Assert.All(_scripts, script => Assert.Matches(Name(), Path.GetFileName(script)));
    }

    [Fact]
    public void The_numbers_of_a_folder_have_no_gap() => Assert.All(_scripts.GroupBy(script => Path.GetDirectoryName(script)), folder =>
    {
        var numbers = folder.Select(script => int.Parse(Path.GetFileName(script)[..3], CultureInfo.InvariantCulture));
        Assert.Equal(Enumerable.Range(1, folder.Count()), numbers.Order());
    });

    [Fact]
    public void Every_script_is_embedded_in_its_assembly() => Assert.All(_scripts, script =>
    {
        var project = Project.Of("silos").Single(project => script.StartsWith(Path.GetDirectoryName(project.File)!.Replace('\\', '/') + "/", StringComparison.Ordinal));
        var resource = $"{project.Name}.{Path.GetRelativePath(Path.GetDirectoryName(project.File)!, script).Replace('\\', '/').Replace('/', '.')}";
        using var stream = project.Assembly.GetManifestResourceStream(resource);
        Assert.True(stream is not null, $"{project} has no resource {resource}.");
        using var reader = new StreamReader(stream);
        Assert.Equal(Repository.Read(script), reader.ReadToEnd());
    });

    [GeneratedRegex("^[0-9]{3}(_[a-z0-9]+)+\\.sql$")]
    private static partial Regex Name();
}
