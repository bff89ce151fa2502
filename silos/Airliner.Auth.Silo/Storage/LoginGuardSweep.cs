using Airliner.Auth.Grains;
using Airliner.Contracts;
using Npgsql;

namespace Airliner.Auth.Silo.Storage;

/// <summary>Deletes login guards that have expired, some at a time. Each silo may sweep.</summary>
internal sealed partial class LoginGuardSweep(
    [FromKeyedServices(AuthStorage.Service)] NpgsqlDataSource database, TimeProvider time, ILogger<LoginGuardSweep> log) : BackgroundService
{
    private const int MostAtOnce = 1000;
    private static readonly TimeSpan _interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await TrySweepAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops; what is left is swept by another.
        }
    }

    /// <summary>Deletes all that has expired. A guard that is in memory meanwhile finds its row gone when it writes, and starts anew.</summary>
    internal async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var swept = 0;
        while (true)
        {
            await using var command = database.CreateCommand("""
                delete from login_guards where id in (
                    select id from login_guards where expires_at < $1 and event_sequence = 0 order by expires_at limit $2 for update skip locked)
                """);
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.Now() });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = MostAtOnce });
            var deleted = await command.ExecuteNonQueryAsync(cancellationToken);
            swept += deleted;
            if (deleted < MostAtOnce)
                return swept;
        }
    }

    private async Task TrySweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SweepAsync(cancellationToken);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            // The sweep must outlive a database that is away.
            LogNotSwept(error.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Expired login guards cannot be deleted: {Error}")]
    private partial void LogNotSwept(string error);
}
