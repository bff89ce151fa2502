using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Airliner.Embedded;

/// <summary>
/// What one server keeps on disk: <c>superuser-password</c>, <c>port</c> and <c>lock</c> belong to the process that starts it,
/// <c>server/</c> belongs to the user it runs as and holds the cluster (<c>data/</c>) and its log.
/// </summary>
internal sealed class ServerFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode EveryoneEnters =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    // For a cluster whose folder the server's user cannot reach.
    private const string SystemFolder = "/var/lib/airliner";

    private readonly string _root;

    public ServerFolder(string root)
    {
        _root = Path.GetFullPath(root);
        if (!Directory.Exists(_root))
            CreateFolder(_root, EveryoneEnters);
        Server = ServerLink.LinkTarget ?? ServerLink.FullName;
    }

    /// <summary>The folder that belongs to the server's user, links resolved.</summary>
    public string Server { get; private set; }

    public string Data => Path.Combine(Server, "data");

    public string Log => Path.Combine(Server, "server.log");

    private DirectoryInfo ServerLink => new(Path.Combine(_root, "server"));

    /// <summary>The major version that made the cluster; null if there is none yet.</summary>
    public int? ClusterVersion
    {
        get
        {
            var file = Path.Combine(Data, "PG_VERSION");
            return File.Exists(file) ? int.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture) : null;
        }
    }

    /// <summary>The port that was used last, 0 if none.</summary>
    public int Port
    {
        get => File.Exists(PortFile) && int.TryParse(File.ReadAllText(PortFile), CultureInfo.InvariantCulture, out var port) ? port : 0;
        set => File.WriteAllText(PortFile, $"{value}\n");
    }

    private string PortFile => Path.Combine(_root, "port");

    /// <summary>Keeps a second process from using, and in the end stopping, the same server. The system ends it with the process.</summary>
    public FileStream Lock()
    {
        try
        {
            return new FileStream(Path.Combine(_root, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException held)
        {
            throw new EmbeddedPostgresException($"{_root} is in use by another running process. Stop that one, or choose another data folder.", held);
        }
    }

    /// <summary>The superuser's password, made once and readable by the owner of this process alone.</summary>
    public string Password()
    {
        var file = Path.Combine(_root, "superuser-password");
        if (File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } kept)
            return kept;
        if (ClusterVersion is not null)
            throw new EmbeddedPostgresException($"{file} is missing or empty, and the cluster in {Data} cannot be used without it. Put it back, or remove {_root} with its data.");

        var password = RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 32);
        // Under its name once it is whole and on the disk: a cluster that is made with it outlives this process.
        var made = $"{file}.new";
        WriteSecret(made, password);
        File.Move(made, file, overwrite: true);
        return password;
    }

    /// <summary>
    /// Makes the server's own folder. Where its user cannot get to it (below <c>/root</c>, say) the folder is made in
    /// <c>/var/lib/airliner</c> and a link here leads to it.
    /// </summary>
    /// <returns>Whether it is kept elsewhere.</returns>
    public async Task<bool> PrepareAsync(ServerAccount account, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(Server))
        {
            Directory.CreateDirectory(Server);
            await account.OwnAsync(Server, cancellationToken);
        }

        if (!account.IsOther || await account.CanEnterAsync(Server, cancellationToken))
            return ServerLink.LinkTarget is not null;
        if (ClusterVersion is not null || ServerLink.LinkTarget is not null)
            throw CannotEnter(account);

        CreateFolder(SystemFolder, EveryoneEnters);
        var elsewhere = Path.Combine(SystemFolder, $"postgres-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(_root)))[..16]}");
        Directory.CreateDirectory(elsewhere);
        await account.OwnAsync(elsewhere, cancellationToken);
        Directory.Delete(Server);
        Directory.CreateSymbolicLink(ServerLink.FullName, elsewhere);
        Server = elsewhere;
        return await account.CanEnterAsync(Server, cancellationToken) ? true : throw CannotEnter(account);
    }

    /// <summary>Removes everything, the cluster that is kept elsewhere included.</summary>
    public void Delete()
    {
        if (ServerLink.LinkTarget is not null && Directory.Exists(Server))
            Directory.Delete(Server, recursive: true);
        Directory.Delete(_root, recursive: true);
    }

    private static void WriteSecret(string file, string secret)
    {
        // The mode is that of a file that is made: one that a killed process left might have another.
        File.Delete(file);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        using var stream = new FileStream(file, options);
        using var writer = new StreamWriter(stream);
        writer.WriteLine(secret);
        writer.Flush();
        stream.Flush(flushToDisk: true);
    }

    private EmbeddedPostgresException CannotEnter(ServerAccount account) => new(
        $"PostgreSQL does not run as root, and the user {account.Name} that it runs as cannot enter {Server}: "
        + "one of the folders above it is closed to others. Open it (chmod o+x), choose another data folder, or start as an ordinary user.");

    private static void CreateFolder(string folder, UnixFileMode mode)
    {
        Directory.CreateDirectory(folder);
        // The mode asked for when a folder is made is cut by the umask; this one is not.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, mode);
    }
}
