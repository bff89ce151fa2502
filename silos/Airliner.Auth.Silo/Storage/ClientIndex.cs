using Airliner.Auth.Grains;
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
}
