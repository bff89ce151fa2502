using Airliner.Persistence.Postgres.Records;
using Npgsql;

namespace Airliner.Persistence.Postgres.PersonalData;

/// <summary>
/// The users of whom a service keeps nothing new, for its table <c>erased_users</c>. What was under way when a user was deleted may still come: a create, a task's
/// file, an event from another topic. Triggers of the tables that hold such things look here.
/// </summary>
public static class ErasedUsers
{
    /// <summary>
    /// Keeps out what is new of the user. Every insert that was begun before has ended when this returns, so that whatever is erased next is all there is. It can be
    /// repeated.
    /// </summary>
    /// <exception cref="Contracts.Records.StorageUnavailableException">The database does not answer.</exception>
    public static Task KeepOutAsync(NpgsqlDataSource database, long userId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(database);
        return DatabaseQuestions.AskAsync("erased_users", async () =>
        {
            // The lock that inserts share is waited for until those under way have committed. One batch is one transaction.
            await using var batch = database.CreateBatch();
            batch.BatchCommands.Add(new NpgsqlBatchCommand("select pg_advisory_xact_lock(hashtextextended('airliner.erased_users', 0))"));
            batch.BatchCommands.Add(new NpgsqlBatchCommand("insert into erased_users (user_id) values ($1) on conflict do nothing")
            {
                Parameters = { new NpgsqlParameter<long> { TypedValue = userId } },
            });
            return await batch.ExecuteNonQueryAsync(cancellationToken);
        });
    }

    /// <summary>Those of the users of whom nothing new is kept.</summary>
    /// <exception cref="Contracts.Records.StorageUnavailableException">The database does not answer.</exception>
    public static Task<IReadOnlySet<long>> FindAsync(NpgsqlDataSource database, IReadOnlyCollection<long> userIds, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(database);
        return DatabaseQuestions.AskAsync<IReadOnlySet<long>>("erased_users", async () =>
        {
            await using var command = database.CreateCommand("select user_id from erased_users where user_id = any($1)");
            command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. userIds] });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var erased = new HashSet<long>();
            while (await reader.ReadAsync(cancellationToken))
                erased.Add(reader.GetInt64(0));
            return erased;
        });
    }
}
