using System.Text.RegularExpressions;
using Airliner.Testing;
using Xunit;

namespace Airliner.Architecture.Tests;

/// <summary>Documents that point somewhere point at something.</summary>
public sealed partial class DocumentTests
{
    private static readonly string[] _documents = [.. Repository.Files(".", ".md").Select(file => file.StartsWith("./", StringComparison.Ordinal) ? file[2..] : file)];

    [Fact]
    public void A_relative_link_leads_to_a_file() => Assert.All(_documents, document =>
    {
        foreach (Match link in Link().Matches(WithoutCode(Repository.Read(document))))
        {
            var target = link.Groups["target"].Value.Split('#')[0];
            if (target.Length == 0 || target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal))
                continue;
            var path = Path.Combine(Repository.Root, Path.GetDirectoryName(document)!, target);
            Assert.True(File.Exists(path) || Directory.Exists(path), $"{document} links to {target}, which is not there.");
        }
    });

    [Fact]
    public void No_document_knows_whose_machine_it_was_written_on() =>
        Assert.All(_documents, document => Assert.DoesNotMatch(MachinePath(), Repository.Read(document)));

    [Fact]
    public void Every_decision_is_in_the_index_under_its_own_number()
    {
        var index = Repository.Read("docs/adr/README.md");
        var decisions = Repository.Files("docs/adr", ".md").Select(Path.GetFileName).OfType<string>().Where(name => name != "README.md").ToArray();
        Assert.NotEmpty(decisions);
        Assert.All(decisions, name =>
        {
            Assert.Matches(Decision(), name);
            Assert.Contains($"[{name[..4]}]({name})", index, StringComparison.Ordinal);
            Assert.StartsWith($"# {name[..4]} ", Repository.Read($"docs/adr/{name}"), StringComparison.Ordinal);
            Assert.Contains("**Status:** ", Repository.Read($"docs/adr/{name}"), StringComparison.Ordinal);
        });
        GrainTests.AssertUnique(decisions.Select(name => name[..4]));
    }

    private static string WithoutCode(string markdown) => InlineCode().Replace(CodeBlock().Replace(markdown, ""), "");

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex("`[^`\n]*`")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"(?<![\w.])(/tmp/|/home/|/root/|/work/|/Users/|/mnt/)|[A-Z]:\\")]
    private static partial Regex MachinePath();

    [GeneratedRegex("^[0-9]{4}(-[a-z0-9]+)+\\.md$")]
    private static partial Regex Decision();
}
