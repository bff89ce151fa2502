using System.Globalization;

namespace Airliner.Embedded;

/// <summary>Where PostgreSQL's programs are looked for, in order.</summary>
/// <param name="Named">The only folder to look in, or null.</param>
/// <param name="OnPath">The folders of <c>PATH</c>.</param>
/// <param name="DebianFolder">The folder with one folder per major version.</param>
/// <param name="CacheFolder">Where npm packages are unpacked.</param>
internal sealed record PostgresSearchPath(string? Named, IReadOnlyList<string> OnPath, string DebianFolder, string CacheFolder)
{
    private const string Debian = "/usr/lib/postgresql";

    public static PostgresSearchPath OfThisMachine(string cacheFolder) => new(
        Environment.GetEnvironmentVariable(PostgresBinaries.FolderVariable),
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
        Debian,
        cacheFolder);

    public IEnumerable<string> Folders() =>
        OnPath
            .Concat(Subfolders(DebianFolder)
                .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var major) ? major : 0)
                .Select(folder => Path.Combine(folder, "bin")))
            .Concat(Subfolders(CacheFolder).Where(folder => !Path.GetFileName(folder).StartsWith('.')).OrderDescending(StringComparer.Ordinal).Select(NpmPostgresPackage.BinariesIn))
            .Distinct();

    private static string[] Subfolders(string folder) => Directory.Exists(folder) ? Directory.GetDirectories(folder) : [];
}
