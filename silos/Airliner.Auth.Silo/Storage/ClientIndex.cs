using Airliner.Auth.Grains;
using Airliner.Contracts.Auth;
using Airliner.Contracts.Records;
using Npgsql;

namespace Airliner.Auth.Silo.Storage;

/// <summary>Finds machine clients in their table.</summary>
internal sealed class ClientIndex([FromKeyedServices(AuthStorage.Service)] NpgsqlDataSource database) : IClientIndex
{
    public async Task<bool> AnyAsync()
    {
        await using var command = database.CreateCommand("select exists (select 1 from oauth_clients)");
        return await command.ExecuteScalarAsync() is true;
    }

    public async Task<IReadOnlyList<ClientView>> ListAsync()
    {
        try
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
        }
        catch (Exception error) when (error is NpgsqlException or IOException or TimeoutException)
        {
            throw new StorageUnavailableException($"oauth_clients: the database cannot be read ({error.Message}).");
        }
    }
}
