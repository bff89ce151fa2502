using Airliner.Persistence.Postgres.Records;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Airliner.Persistence.Postgres.StoredAnswers;

/// <summary>Deletes idempotency keys that have expired. One that is in memory meanwhile finds its row gone when it writes, and starts anew.</summary>
internal sealed class StoredAnswerSweep(NpgsqlDataSource database, TimeProvider time, ILogger<StoredAnswerSweep> log)
    : ExpirySweep(
        database,
        """
        delete from stored_answers where id in (
            select id from stored_answers where expires_at < $1 order by expires_at limit $2 for update skip locked)
        """,
        interval: TimeSpan.FromMinutes(10),
        margin: TimeSpan.Zero,
        time,
        log);
