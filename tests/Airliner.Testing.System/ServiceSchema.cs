using System.Reflection;
using Airliner.Persistence.Postgres.Records;
using Npgsql;

namespace Airliner.Testing;

/// <summary>Databases of a service's schema, for tests of its tables alone.</summary>
public static class ServiceSchema
{
    /// <summary>Makes a database with the outbox, the audit log and the tables of the service whose silo is <paramref name="silo"/>.</summary>
    public static async Task<NpgsqlDataSource> CreateServiceDatabaseAsync(this PostgresServer server, Assembly silo) =>
        RecordsModule.DataSource(await server.CreateDatabaseAsync(silo.GetName().Name!, empty => MakeAsync(empty, silo)));

    private static async Task MakeAsync(string connectionString, Assembly silo)
    {
        await using var database = RecordsModule.DataSource(connectionString);
        foreach (var assembly in new[] { typeof(RecordsModule).Assembly, silo })
        {
            foreach (var name in assembly.GetManifestResourceNames().Where(IsStep).Order(StringComparer.Ordinal))
            {
                using var step = new StreamReader(assembly.GetManifestResourceStream(name)!);
                await using var command = database.CreateCommand(await step.ReadToEndAsync());
                await command.ExecuteNonQueryAsync();
            }
        }
    }

    private static bool IsStep(string resource) =>
        resource.EndsWith(".sql", StringComparison.Ordinal)
        && (resource.Contains(".Sql.outbox.", StringComparison.Ordinal) || resource.Contains(".Sql.audit.", StringComparison.Ordinal) || resource.Contains(".Storage.", StringComparison.Ordinal));
}
