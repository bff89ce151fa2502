using Airliner.EndToEnd.Tests.Cluster;
using Airliner.EndToEnd.Tests.Processes;
using Airliner.Persistence.Postgres.Schema;

namespace Airliner.EndToEnd.Tests.Upgrade;

/// <summary>
/// A version after this one: the same programs with contracts in which each record has a member more (<c>Airliner.Contracts.Next</c>), and a step more of the
/// schema of tasks.
/// </summary>
internal static class NextVersion
{
    private const string Contracts = "Airliner.Contracts.dll";

    /// <summary>Makes that version of a program.</summary>
    /// <param name="folder">Where its folder goes.</param>
    /// <returns>The program.</returns>
    public static string Of(string project, string folder)
    {
        var now = Path.GetDirectoryName(Programs.PathOf(project))!;
        var next = Directory.CreateDirectory(Path.Combine(folder, $"{project}.Next")).FullName;
        foreach (var entry in Directory.EnumerateFileSystemEntries(now))
        {
            var name = Path.GetFileName(entry);
            var path = Path.Combine(next, name);
            // The program itself is no link: .NET looks for the others where the link leads.
            if (name.StartsWith(project, StringComparison.Ordinal))
                File.Copy(entry, path);
            else if (name != Contracts)
                File.CreateSymbolicLink(path, entry);
        }

        File.Copy(Path.Combine(Path.GetDirectoryName(Programs.PathOf("Airliner.Contracts.Next", Contracts))!, Contracts), Path.Combine(next, Contracts));
        return Path.Combine(next, $"{project}.dll");
    }

    /// <summary>What its first silo does to the database of tasks.</summary>
    public static Task MigrateAsync(ClusterPlan plan) => Migrations.ApplyAsync(
        plan.DatabaseOf(Service.Tasks), new MigrationSource("tasks", typeof(NextVersion).Assembly, "Airliner.EndToEnd.Tests.Upgrade."));
}
