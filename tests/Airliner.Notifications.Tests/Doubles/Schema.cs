using Airliner.Notifications.Silo;
using Airliner.Persistence.Postgres.Records;
using Airliner.Testing;
using Npgsql;

namespace Airliner.Notifications.Tests.Doubles;

/// <summary>A database of the service's schema.</summary>
internal static class Schema
{
    public static async Task<string> CreateAsync(PostgresServer server)
    {
        var connectionString = await server.CreateDatabaseAsync();
        await using var database = NpgsqlDataSource.Create(connectionString);
        foreach (var type in new[] { typeof(RecordsModule), typeof(NotificationsModule) })
        {
            foreach (var name in type.Assembly.GetManifestResourceNames().Where(IsStep).Order(StringComparer.Ordinal))
            {
                using var step = new StreamReader(type.Assembly.GetManifestResourceStream(name)!);
                await using var command = database.CreateCommand(await step.ReadToEndAsync());
                await command.ExecuteNonQueryAsync();
            }
        }

        return connectionString;
    }

    private static bool IsStep(string resource) =>
        resource.EndsWith(".sql", StringComparison.Ordinal)
        && (resource.Contains(".Sql.outbox.", StringComparison.Ordinal) || resource.Contains(".Storage.", StringComparison.Ordinal));
}
