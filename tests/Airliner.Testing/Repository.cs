namespace Airliner.Testing;

/// <summary>The checkout that the tests were built from.</summary>
public static class Repository
{
    private static readonly HashSet<string> _notOurs = new(StringComparer.Ordinal)
    {
        "artifacts", ".airliner", ".git", ".idea", ".vs", ".vscode", "bin", "node_modules", "obj", "secrets", "TestResults",
    };

    /// <summary>The folder with the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The files of a kind below a folder, as paths from the root with forward slashes.</summary>
    public static IEnumerable<string> Files(string folder, string extension) =>
        Below(Path.Combine(Root, folder), extension).Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/')).Order(StringComparer.Ordinal);

    /// <summary>What a file has, named from the root.</summary>
    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    private static IEnumerable<string> Below(string folder, string extension) =>
        Directory.EnumerateFiles(folder, "*" + extension).Concat(
            Directory.EnumerateDirectories(folder).Where(inner => !_notOurs.Contains(Path.GetFileName(inner))).SelectMany(inner => Below(inner, extension)));

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Airliner.sln")))
                return folder;
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} has Airliner.sln.");
    }
}
