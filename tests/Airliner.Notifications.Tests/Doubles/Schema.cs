using Airliner.Notifications.Silo;
using Airliner.Persistence.Postgres.Schema;
using Airliner.Testing;

namespace Airliner.Notifications.Tests.Doubles;

/// <summary>A database of the service's schema.</summary>
internal static class Schema
{
    public static async Task<string> CreateAsync(PostgresServer server)
    {
        var connectionString = await server.CreateDatabaseAsync();
        await Migrations.ApplyAsync(connectionString, MigrationSource.GrainState, MigrationSource.Outbox, NotificationsModule.Steps);
        return connectionString;
    }
}
