using Airliner.Auth.Grains;
using Airliner.Contracts;
using Npgsql;

namespace Airliner.Auth.Silo.Storage;

/// <summary>Empties the rows of users whose sessions have all expired, some at a time: addresses should not outlive what they belong to. Each silo may sweep.</summary>
internal sealed partial class SessionSweep(
    [FromKeyedServices(AuthStorage.Service)] NpgsqlDataSource database, TimeProvider time, ILogger<SessionSweep> log) : BackgroundService
{
    private const int MostAtOnce = 1000;
    private static readonly TimeSpan _interval = TimeSpan.FromMinutes(10);

    /// <summary>Longer than an idle activation lives: the next write of one that is in memory finds its row changed, and is made again.</summary>
    private static readonly TimeSpan _margin = TimeSpan.FromHours(1);

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

    /// <summary>Empties every row whose last session has expired an hour ago or earlier.</summary>
    internal async Task SweepAsync(CancellationToken cancellationToken)
    {
        int swept;
        do
        {
            await using var command = database.CreateCommand("""
                update user_sessions set sessions = '[]', commands = '[]', expires_at = null, version = version + 1 where id in (
                    select id from user_sessions where expires_at < $1 order by expires_at limit $2 for update skip locked)
                """);
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.Now() - _margin });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = MostAtOnce });
            swept = await command.ExecuteNonQueryAsync(cancellationToken);
        }
        while (swept == MostAtOnce);
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

    [LoggerMessage(LogLevel.Warning, "Expired sessions cannot be swept: {Error}")]
    private partial void LogNotSwept(string error);
}
