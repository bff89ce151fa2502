using Airliner.Auth.Grains;
using Airliner.Persistence.Postgres.Records;
using Npgsql;

namespace Airliner.Auth.Silo.Storage;

/// <summary>Deletes login guards that have expired. A guard that is in memory meanwhile finds its row gone when it writes, and starts anew.</summary>
internal sealed class LoginGuardSweep(
    [FromKeyedServices(AuthStorage.Service)] NpgsqlDataSource database, TimeProvider time, ILogger<LoginGuardSweep> log)
    : ExpirySweep(
        database,
        """
        delete from login_guards where id in (
            select id from login_guards where expires_at < $1 and event_sequence = 0 order by expires_at limit $2 for update skip locked)
        """,
        interval: TimeSpan.FromMinutes(1),
        margin: TimeSpan.Zero,
        time,
        log);
