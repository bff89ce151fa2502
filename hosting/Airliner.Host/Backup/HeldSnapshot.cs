using System.Diagnostics;

namespace Airliner.Host.Backup;

/// <summary>A session that holds one view of its database, so that a dump that takes long shows it as it was at one moment.</summary>
internal sealed class HeldSnapshot : IAsyncDisposable
{
    private const string Connected = "connected";

    private readonly string _database;
    private readonly Process _psql;
    private readonly Task<string> _errors;

    private HeldSnapshot(string database, Process psql)
    {
        (_database, _psql) = (database, psql);
        _errors = psql.StandardError.ReadToEndAsync();
    }

    /// <summary>Opens the session, which sees nothing yet: so the moments of several databases are a question apart, and not a connection.</summary>
    /// <exception cref="BackupException">The database is not there.</exception>
    public static async Task<HeldSnapshot> ConnectAsync(string database, ExternalProgram psql, CancellationToken cancellationToken)
    {
        var session = new HeldSnapshot(database, psql.Start());
        try
        {
            await session.AskAsync($"select '{Connected}';", cancellationToken);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>From now on the session sees the database as it is now. Others may see it so as well, by the id.</summary>
    public Task<string> TakeAsync(CancellationToken cancellationToken) =>
        AskAsync("begin isolation level repeatable read read only; select pg_export_snapshot();", cancellationToken);

    public async ValueTask DisposeAsync()
    {
        // The end of its input is the end of psql, and of the session.
        _psql.StandardInput.Close();
        await _psql.WaitForExitAsync();
        _psql.Dispose();
    }

    private async Task<string> AskAsync(string sql, CancellationToken cancellationToken)
    {
        try
        {
            await _psql.StandardInput.WriteLineAsync(sql.AsMemory(), cancellationToken);
            await _psql.StandardInput.FlushAsync(cancellationToken);
        }
        catch (IOException)
        {
            // It has ended; what it wrote says why.
        }

        return await _psql.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new BackupException($"{_database}: {(await _errors).Trim()}");
    }
}
