using Airliner.Contracts;
using Airliner.Contracts.Users;
using Airliner.Persistence.Postgres.Records;
using Airliner.Users.Grains;
using Npgsql;

namespace Airliner.Users.Silo.Storage;

/// <summary>Finds users through the indexes of their table.</summary>
internal sealed class UserIndex([FromKeyedServices(UsersStorage.Service)] NpgsqlDataSource database) : IUserIndex
{
    // Postgres keeps no NUL in a text, and takes none in a parameter.
    public Task<long?> FindAsync(string usernameOrEmail) => usernameOrEmail.Contains('\0') ? Task.FromResult<long?>(null) : QueryAsync(
        // An e-mail has an @, which no username may have.
        usernameOrEmail.Contains('@') ? "select id from users where lower(email) = lower($1) and status <> 'deleted'" : "select id from users where lower(username) = lower($1) and status <> 'deleted'",
        async reader => await reader.ReadAsync() ? reader.GetInt64(0) : (long?)null,
        usernameOrEmail);

    public Task<(long? Username, long? Email)> FindHoldersAsync(string username, string email) => QueryAsync(
        """
        select (select id from users where lower(username) = lower($1) and status <> 'deleted'),
               (select id from users where lower(email) = lower($2) and status <> 'deleted')
        """,
        async reader =>
        {
            await reader.ReadAsync();
            return (await reader.IsDBNullAsync(0) ? (long?)null : reader.GetInt64(0), await reader.IsDBNullAsync(1) ? (long?)null : reader.GetInt64(1));
        },
        username,
        email);

    public async Task<UserView?> FindByCommandAsync(string commandId) =>
        await CommandIndex.FindAsync(database, UserTable.Map, commandId) is { } found ? found.Record.View(found.Key) : null;

    public Task<bool> AnyAdministratorAsync() => QueryAsync(
        "select 1 from users where roles ? 'admin' limit 1",
        reader => reader.ReadAsync());

    public async Task<Page<UserView>> ListAsync(UserFilter filter, PageRequest page)
    {
        var list = new RecordList()
            .Where("lower(username) = @", filter.Username?.ToLowerInvariant())
            .Where("lower(email) = @", filter.Email?.ToLowerInvariant())
            .Where("status = @", filter.Status)
            .Where("status <> @", filter.Status is null ? UserStatus.Deleted : null);
        var users = await list.ReadAsync(database, UserTable.Map, page);
        return users.Select(row => row.Record.View(row.Key));
    }

    public Task<UserStanding?> StandingAsync(long userId) => DatabaseQuestions.AskAsync<UserStanding?>(UsersStorage.Users, async () =>
    {
        await using var command = database.CreateCommand("select status, updated_at from users where id = $1");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = userId });
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync() ? new UserStanding(reader.GetString(0), await reader.GetFieldValueAsync<DateTimeOffset>(1)) : null;
    });

    private Task<T> QueryAsync<T>(string sql, Func<NpgsqlDataReader, Task<T>> read, params string[] values) => DatabaseQuestions.AskAsync("users", async () =>
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = value });
        await using var reader = await command.ExecuteReaderAsync();
        return await read(reader);
    });
}
