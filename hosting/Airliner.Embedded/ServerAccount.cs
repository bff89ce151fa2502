using System.Globalization;

namespace Airliner.Embedded;

/// <summary>
/// The user that PostgreSQL runs as. PostgreSQL refuses to run as root, so a root process hands it to another user; any
/// other process runs it as itself.
/// </summary>
internal sealed class ServerAccount
{
    private readonly int _uid;
    private readonly int _gid;

    private ServerAccount(string name, int uid, int gid) => (Name, _uid, _gid) = (name, uid, gid);

    public string Name { get; }

    /// <summary>Whether commands run as another user than this process.</summary>
    public bool IsOther => _uid >= 0;

    /// <summary>
    /// The owner of an existing cluster where this process is root, else <c>postgres</c>, else <c>nobody</c>; this
    /// process's own user where it is not root.
    /// </summary>
    public static async Task<ServerAccount> ChooseAsync(string clusterFolder, CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess)
            return new ServerAccount(Environment.UserName, -1, -1);

        if (Directory.Exists(clusterFolder) && await OwnerAsync(clusterFolder, cancellationToken) is { } owner)
            return owner;
        foreach (var name in (string[])["postgres", "nobody"])
        {
            if (await NumberAsync("-u", name, cancellationToken) is { } uid && await NumberAsync("-g", name, cancellationToken) is { } gid)
                return new ServerAccount(name, uid, gid);
        }

        throw new EmbeddedPostgresException(
            "PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody to run it as. "
            + "Make one (useradd --system postgres), or start as an ordinary user.");
    }

    /// <summary>The command that runs <paramref name="command"/> as this user.</summary>
    public IReadOnlyList<string> Prefix(params IReadOnlyList<string> command)
    {
        if (!IsOther)
            return command;
        if (CommandLine.Find("setpriv") is { } setpriv)
            return [setpriv, $"--reuid={_uid}", $"--regid={_gid}", "--clear-groups", "--", .. command];
        if (CommandLine.Find("runuser") is { } runuser)
            return [runuser, "-u", Name, "--", .. command];
        if (CommandLine.Find("su") is { } su)
            return [su, "-s", "/bin/sh", Name, "-c", string.Join(' ', command.Select(Quote))];

        throw new EmbeddedPostgresException(
            $"PostgreSQL does not run as root, and none of setpriv, runuser and su is there to run it as {Name}. "
            + "Install util-linux, or start as an ordinary user.");
    }

    public Task<CommandResult> RunAsync(CancellationToken cancellationToken, params IReadOnlyList<string> command) =>
        CommandLine.RunAsync(Prefix(command), cancellationToken);

    /// <summary>Makes this user the owner of a folder and of everything in it.</summary>
    public async Task OwnAsync(string folder, CancellationToken cancellationToken)
    {
        if (!IsOther)
            return;
        var result = await CommandLine.RunAsync(["chown", "-R", $"{_uid}:{_gid}", folder], cancellationToken);
        if (!result.Succeeded)
            throw new EmbeddedPostgresException($"{folder} could not be given to the user {Name}: {result.Text}");
    }

    /// <summary>Whether this user can enter the folder: each folder above it has to let it through.</summary>
    public async Task<bool> CanEnterAsync(string folder, CancellationToken cancellationToken) =>
        (await RunAsync(cancellationToken, "/bin/sh", "-c", "cd -- \"$1\" 2>/dev/null", "sh", folder)).Succeeded;

    private static async Task<ServerAccount?> OwnerAsync(string folder, CancellationToken cancellationToken)
    {
        // The long numeric listing is the one form of this question that GNU, BusyBox and BSD answer alike.
        var listing = await CommandLine.RunAsync(["ls", "-ldn", "--", folder], cancellationToken);
        var fields = listing.Output.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (!listing.Succeeded || fields.Length < 4
            || !int.TryParse(fields[2], CultureInfo.InvariantCulture, out var uid) || !int.TryParse(fields[3], CultureInfo.InvariantCulture, out var gid)
            || uid == 0)
            return null;

        var name = await CommandLine.RunAsync(["id", "-nu", fields[2]], cancellationToken);
        return new ServerAccount(name.Succeeded ? name.Output.Trim() : fields[2], uid, gid);
    }

    private static async Task<int?> NumberAsync(string option, string user, CancellationToken cancellationToken)
    {
        var id = await CommandLine.RunAsync(["id", option, user], cancellationToken);
        return id.Succeeded && int.TryParse(id.Output.Trim(), CultureInfo.InvariantCulture, out var number) && number != 0 ? number : null;
    }

    private static string Quote(string argument) => $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
