using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Airliner.Embedded;

/// <summary>
/// A private PostgreSQL server: its programs found or fetched, its cluster made, on 127.0.0.1 alone, with a random
/// password, never as root. A server that this process's predecessor left running is adopted.
/// </summary>
public sealed partial class EmbeddedPostgres : IAsyncDisposable
{
    private const int StartTries = 20;

    private static readonly TimeSpan _retryInterval = TimeSpan.FromMilliseconds(250);

    private readonly EmbeddedPostgresOptions _options;
    private readonly ServerFolder _folder;
    private readonly FileStream _lock;
    private readonly PostgresCluster _cluster;
    private readonly string _password;
    private readonly ILogger _logger;
    private bool _released;

    private EmbeddedPostgres(EmbeddedPostgresOptions options, ServerFolder folder, FileStream heldLock, PostgresCluster cluster, string password, ILogger logger) =>
        (_options, _folder, _lock, _cluster, _password, _logger) = (options, folder, heldLock, cluster, password, logger);

    /// <summary>The TCP port on 127.0.0.1. It stays the same over restarts.</summary>
    public int Port { get; private set; }

    /// <summary>Whether the server was already running when this process started.</summary>
    public bool WasAdopted { get; private set; }

    /// <summary>The process id of the server, null while it is stopped.</summary>
    public int? ProcessId => PostmasterFile.Read(_folder.Data) is { } file && file.IsRunning() ? file.ProcessId : null;

    private Superuser Superuser => new(Port, _password);

    /// <summary>Starts the server of a data folder, or adopts it if it runs.</summary>
    /// <exception cref="EmbeddedPostgresException">It cannot run; the message says what to do.</exception>
    public static async Task<EmbeddedPostgres> StartAsync(
        EmbeddedPostgresOptions options, ILogger? logger = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        logger ??= NullLogger.Instance;
        var folder = new ServerFolder(options.DataFolder);
        var heldLock = folder.Lock();
        try
        {
            var account = await ServerAccount.ChooseAsync(folder.Data, cancellationToken);
            var password = folder.Password();
            if (await folder.PrepareAsync(account, cancellationToken))
                LogKeptElsewhere(logger, account.Name, options.DataFolder, folder.Server);
            var binaries = await new PostgresInstaller(PostgresInstaller.DefaultFolder, logger).FindOrInstallAsync(folder, cancellationToken);
            if (!await account.CanEnterAsync(binaries.Folder, cancellationToken))
                throw new EmbeddedPostgresException($"PostgreSQL's programs are in {binaries.Folder}, which the user {account.Name} that has to run them cannot enter.");
            var server = new EmbeddedPostgres(options, folder, heldLock, new PostgresCluster(folder, binaries, account), password, logger);
            await server.StartOrStopAsync(cancellationToken);
            LogRunning(logger, binaries.MajorVersion, server.Port, account.Name, server.WasAdopted ? "adopted" : "started");
            return server;
        }
        catch
        {
            await heldLock.DisposeAsync();
            throw;
        }
    }

    /// <summary>The connection string of a database of the server that another process runs on a data folder; null where none runs.</summary>
    public static string? ConnectionStringOfRunning(string dataFolder, string database)
    {
        if (!Directory.Exists(dataFolder))
            return null;
        var folder = new ServerFolder(dataFolder);
        return PostmasterFile.Read(folder.Data) is { } file && file.IsRunning() ? new Superuser(file.Port, folder.Password()).ConnectionString(database) : null;
    }

    /// <summary>The connection string of a database, as the superuser.</summary>
    public string ConnectionString(string database) => Superuser.ConnectionString(database);

    /// <summary>Creates a database of exactly this name unless it is there, and returns its connection string.</summary>
    public async Task<string> CreateDatabaseAsync(string name, CancellationToken cancellationToken = default)
    {
        await Superuser.CreateDatabaseAsync(name, cancellationToken);
        return ConnectionString(name);
    }

    /// <summary>Starts the server again after <see cref="StopAsync"/> or <see cref="KillAsync"/>, on the same port.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_released, this);
        if (await AdoptAsync(cancellationToken))
            return;
        WasAdopted = false;
        if (_folder.ClusterVersion is null)
            await _cluster.CreateAsync(_password, _options, cancellationToken);

        using var timer = new PeriodicTimer(_retryInterval);
        for (var attempt = 1; ; attempt++)
        {
            var port = ChoosePort();
            var failure = await _cluster.StartAsync(port, _options.Settings);
            if (failure is null)
            {
                _folder.Port = Port = port;
                return;
            }

            var taken = failure.Contains("Address already in use", StringComparison.Ordinal);
            // The processes of a killed server take a moment to notice.
            var dying = failure.Contains("shared memory block", StringComparison.Ordinal);
            if ((taken && Port == 0 && _options.Port == 0 || dying) && attempt < StartTries)
                await timer.WaitForNextTickAsync(cancellationToken);
            else
                throw taken ? PortTaken(port) : new EmbeddedPostgresException($"PostgreSQL did not start in {_folder.Data}: {failure}");
        }
    }

    /// <summary>Ends every connection and stops the server; its data stay.</summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (ProcessId is not null)
            await _cluster.StopAsync(cancellationToken);
    }

    /// <summary>Stops and starts the server.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken = default)
    {
        await StopAsync(cancellationToken);
        await StartAsync(cancellationToken);
    }

    /// <summary>Ends the server as a power cut would (SIGKILL), and returns when none of its processes runs.</summary>
    public async Task KillAsync(CancellationToken cancellationToken = default)
    {
        if (ProcessId is not { } postmaster)
            return;
        // Held first, so that it starts no process that this list lacks.
        await CommandLine.RunAsync(["/bin/sh", "-c", $"kill -STOP {postmaster}"], cancellationToken);
        var children = ProcessTable.ChildrenOf(postmaster);
        await CommandLine.RunAsync(["/bin/sh", "-c", $"kill -KILL {postmaster}"], CancellationToken.None);
        await ProcessTable.WaitForExitAsync([postmaster, .. children], cancellationToken);
    }

    /// <summary>Gives the server up without stopping it, as a crash of this process would; the next start adopts it.</summary>
    public async Task LeaveRunningAsync()
    {
        _released = true;
        await _lock.DisposeAsync();
    }

    /// <summary>Stops the server.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_released)
            return;
        await StopAsync();
        await LeaveRunningAsync();
    }

    /// <summary>Removes the data folder; for servers that were made for a while only.</summary>
    /// <exception cref="InvalidOperationException">The server still runs.</exception>
    public void DeleteData()
    {
        if (ProcessId is not null)
            throw new InvalidOperationException("The server runs.");
        _folder.Delete();
    }

    /// <summary>Starts the server; where that is called off, none is left running.</summary>
    private async Task StartOrStopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await StartAsync(cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
        }
        catch (OperationCanceledException)
        {
            await StopAsync(CancellationToken.None);
            throw;
        }
    }

    private async Task<bool> AdoptAsync(CancellationToken cancellationToken)
    {
        if (PostmasterFile.Read(_folder.Data) is not { } running)
            return false;
        if (!running.IsRunning())
        {
            // PostgreSQL removes a stale file by itself, except where its process id has gone to another program or its exit
            // has not been asked for by its parent. Processes that outlive it still stop the start: they hold its shared memory.
            if (ProcessTable.Exists(running.ProcessId))
                File.Delete(Path.Combine(_folder.Data, "postmaster.pid"));
            return false;
        }

        if (_options.Port != 0 && running.Port != _options.Port)
        {
            await _cluster.StopAsync(cancellationToken);
            return false;
        }

        Port = running.Port;
        await WaitUntilItAnswersAsync(running, cancellationToken);
        _folder.Port = Port;
        WasAdopted = true;
        return true;
    }

    private async Task WaitUntilItAnswersAsync(PostmasterFile running, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(_retryInterval);
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await using var connection = await Superuser.ConnectAsync(cancellationToken);
                return;
            }
            catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification)
            {
                throw new EmbeddedPostgresException(
                    $"The server that runs on {_folder.Data} (process {running.ProcessId}) does not take the password kept next to it. Stop it and start again.", refused);
            }
            catch (NpgsqlException notYet) when (Stopwatch.GetElapsedTime(started) > PostgresCluster.StartTimeout || !running.IsRunning())
            {
                throw new EmbeddedPostgresException($"The server that runs on {_folder.Data} (process {running.ProcessId}) does not answer. Stop it and start again.", notYet);
            }
            catch (NpgsqlException)
            {
                // Still replaying its log after a crash.
                await timer.WaitForNextTickAsync(cancellationToken);
            }
        }
    }

    private int ChoosePort()
    {
        if (_options.Port != 0 || Port != 0)
        {
            var port = _options.Port != 0 ? _options.Port : Port;
            return LoopbackPort.IsFree(port) ? port : throw PortTaken(port);
        }

        return _folder.Port is var last && last != 0 && LoopbackPort.IsFree(last) ? last : LoopbackPort.Free();
    }

    private EmbeddedPostgresException PortTaken(int port) => new(
        $"Port {port} on 127.0.0.1 is taken by another program, so PostgreSQL cannot use it for {_options.DataFolder}. "
        + "Stop that program, or choose another port.");

    [LoggerMessage(Level = LogLevel.Information, Message = "PostgreSQL {Version} on 127.0.0.1:{Port}, running as {User}: {How}")]
    private static partial void LogRunning(ILogger logger, int version, int port, string user, string how);

    [LoggerMessage(Level = LogLevel.Information, Message = "The user {User} cannot enter {DataFolder}: PostgreSQL keeps its cluster in {Folder}")]
    private static partial void LogKeptElsewhere(ILogger logger, string user, string dataFolder, string folder);
}
