using Airliner.Host.Embedded;

namespace Airliner.Host.Backup;

/// <summary>The system that Compose runs: everything is reached by <c>docker compose</c>, as no port of a database is published.</summary>
internal sealed class ComposePlace : IBackupPlace
{
    private const string FilesFolder = "/var/lib/airliner/files";
    private const string FilesOwner = "taskprocessing-silo";

    private static readonly Dictionary<string, string> _services = new()
    {
        ["Users"] = "registration-db",
        ["Auth"] = "auth-db",
        ["Tasks"] = "taskprocessing-db",
        ["Notifications"] = "notification-db",
    };

    private static readonly Dictionary<string, string> _nothing = [];

    public IReadOnlyList<BackupDatabase> Databases { get; } = [.. EmbeddedDatabases.Names.Select(one => new BackupDatabase(
        one.Value, program => ["docker", "compose", "exec", "-T", _services[one.Key], program, "--username=airliner", $"--dbname={one.Value}"], _nothing))];

    public IReadOnlyDictionary<string, string> Secrets { get; } =
        new Dictionary<string, string> { [Backups.ServerKey] = Path.Combine(ProjectFolder, "secrets", Backups.ServerKey) };

    /// <summary>As <c>airliner secrets</c> makes them: the containers' users read them under numbers of their own, and the closed folder keeps others out.</summary>
    public UnixFileMode SecretMode => UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Where the first Compose file is, which is where its relative paths begin.</summary>
    private static string ProjectFolder => Environment.GetEnvironmentVariable("COMPOSE_FILE") is { Length: > 0 } files
        ? Path.GetDirectoryName(Path.GetFullPath(files.Split(Path.PathSeparator)[0]))!
        : Environment.CurrentDirectory;

    public Task ReadFilesAsync(Stream tar, CancellationToken cancellationToken) =>
        // tar's 1 is a file that was deleted or added meanwhile, which is no failure here.
        InFiles("sh", "-c", $"tar --create --directory={FilesFolder} --exclude='.upload-*' . || test $? = 1").RunAsync(input: null, tar, cancellationToken);

    /// <summary>Looks that nothing is in the way of a restore, beside the databases.</summary>
    /// <exception cref="BackupException">A process of the system runs, or the volume of files is not empty.</exception>
    public static async Task RequireReadyAsync(CancellationToken cancellationToken)
    {
        var running = (await Compose("ps", "--services", "--status=running").ReadAsync(cancellationToken)).Split('\n')
            .Where(service => service.EndsWith("-silo", StringComparison.Ordinal) || service.EndsWith("-service", StringComparison.Ordinal)).ToArray();
        if (running.Length > 0)
            throw new BackupException($"{string.Join(", ", running)} must not run while a backup is restored: docker compose stop {string.Join(' ', running)}");
        if (await InFiles("ls", "--almost-all", FilesFolder).ReadAsync(cancellationToken) is { Length: > 0 })
            throw new BackupException("The volume of files is not empty. A backup is restored into an empty system alone.");
    }

    public Task WriteFilesAsync(Stream tar, CancellationToken cancellationToken) =>
        InFiles("tar", "--extract", $"--directory={FilesFolder}", "--no-overwrite-dir").RunAsync(tar, output: null, cancellationToken);

    /// <summary>A program in a container for itself, of the image and with the volume that the task silos have: they need not run.</summary>
    private static ExternalProgram InFiles(string program, params string[] arguments) =>
        Compose(["run", "--rm", "--no-deps", "-T", $"--entrypoint={program}", FilesOwner, .. arguments]);

    private static ExternalProgram Compose(params IEnumerable<string> arguments) => new(["docker", "compose", .. arguments], _nothing);
}
