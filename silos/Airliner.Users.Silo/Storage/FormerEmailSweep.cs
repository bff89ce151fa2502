using Airliner.Persistence.Postgres.Records;
using Airliner.Users.Grains;
using Airliner.Users.Grains.Codes;
using Npgsql;

namespace Airliner.Users.Silo.Storage;

/// <summary>
/// Removes the addresses that users had, when no mail about the change is to go to one any more. An activation that still has them finds its row changed at its next
/// write, and makes that again.
/// </summary>
internal sealed class FormerEmailSweep(
    [FromKeyedServices(UsersStorage.Service)] NpgsqlDataSource database, TimeProvider time, ILogger<FormerEmailSweep> log)
    : ExpirySweep(
        database,
        """
        update users set former_emails = '[]', version = version + 1 where id in (
            select id from users where former_emails <> '[]' and (former_emails -> -1 ->> 'replacedAt')::timestamptz < $1 limit $2 for update skip locked)
        """,
        interval: TimeSpan.FromMinutes(10),
        margin: FormerEmail.KeptFor,
        time,
        log);
