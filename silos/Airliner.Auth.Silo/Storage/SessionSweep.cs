using Airliner.Auth.Grains;
using Airliner.Persistence.Postgres.Records;
using Npgsql;

namespace Airliner.Auth.Silo.Storage;

/// <summary>
/// Empties the rows of users whose last session expired an hour ago or earlier: addresses should not outlive what they belong to. An hour is longer than an idle
/// activation lives: the next write of one that is in memory finds its row changed, and is made again.
/// </summary>
internal sealed class SessionSweep(
    [FromKeyedServices(AuthStorage.Service)] NpgsqlDataSource database, TimeProvider time, ILogger<SessionSweep> log)
    : ExpirySweep(
        database,
        """
        update user_sessions set sessions = '[]', commands = '[]', expires_at = null, version = version + 1 where id in (
            select id from user_sessions where expires_at < $1 order by expires_at limit $2 for update skip locked)
        """,
        interval: TimeSpan.FromMinutes(10),
        margin: TimeSpan.FromHours(1),
        time,
        log);
