using Airliner.Notifications.Grains.Digests;
using Airliner.Persistence.Postgres.Records;
using Npgsql;

namespace Airliner.Notifications.Silo.Storage;

/// <inheritdoc cref="IDigestTable"/>
internal sealed class DigestTable([FromKeyedServices(NotificationsModule.Service)] NpgsqlDataSource database) : IDigestTable
{
    public Task<IReadOnlyList<DigestMember>> FindMembersAsync(long leaderId, int limit) => DatabaseQuestions.AskAsync<IReadOnlyList<DigestMember>>("digests", async () =>
    {
        await using var command = database.CreateCommand(
            "select id, event_type, data, created_at from notifications where status = 'pending' and digest_id = $1 and id <> $1 order by id limit $2");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = leaderId });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        await using var reader = await command.ExecuteReaderAsync();
        var members = new List<DigestMember>();
        while (await reader.ReadAsync())
            members.Add(new(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3)));
        return members;
    });
}
