using Airliner.Auth.Grains;
using Airliner.Contracts.Auth;
using Airliner.Persistence.Postgres.Records;
using Npgsql;

namespace Airliner.Auth.Silo.Storage;

/// <summary>Finds machine clients in their table.</summary>
internal sealed class ClientIndex([FromKeyedServices(AuthStorage.Service)] NpgsqlDataSource database) : IClientIndex
{
    public Task<bool> AnyAsync() => DatabaseQuestions.AskAsync(AuthStorage.Clients, async () =>
    {
        await using var command = database.CreateCommand("select exists (select 1 from oauth_clients)");
        return await command.ExecuteScalarAsync() is true;
    });

    public Task<IReadOnlyList<ClientView>> ListAsync() => DatabaseQuestions.AskAsync<IReadOnlyList<ClientView>>(AuthStorage.Clients, async () =>
    {
        await using var command = database.CreateCommand($"select {AuthTables.Clients.SelectList} from oauth_clients order by id desc");
        await using var reader = await command.ExecuteReaderAsync();
        var clients = new List<ClientView>();
        while (await reader.ReadAsync())
        {
            var row = AuthTables.Clients.Read(reader);
            clients.Add(row.Record.View(row.Key));
        }

        return clients;
    });
}
