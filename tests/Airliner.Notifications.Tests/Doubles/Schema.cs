using Airliner.Notifications.Silo;
using Airliner.Persistence.Postgres.Schema;
using Airliner.Testing;

namespace Airliner.Notifications.Tests.Doubles;

/// <summary>A database of the service's schema.</summary>
internal static class Schema
{
    public static Task<string> CreateAsync(PostgresServer server) => server.CreateDatabaseAsync(
        NotificationsModule.Service, empty => Migrations.ApplyAsync(empty, MigrationSource.GrainState, MigrationSource.Outbox, NotificationsModule.Steps));
}
