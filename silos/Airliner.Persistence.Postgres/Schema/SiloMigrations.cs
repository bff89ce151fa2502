using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Airliner.Persistence.Postgres.Schema;

/// <summary>Migrations as a step of a silo's start.</summary>
public static class SiloMigrations
{
    /// <summary>Brings a database to the schema that the silo needs, before anything in the silo reads it.</summary>
    /// <param name="name">What the database is called in messages.</param>
    public static ISiloBuilder MigrateAtStart(this ISiloBuilder silo, string name, string connectionString, params MigrationSource[] sources)
    {
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => new StartStep(name, connectionString, sources, provider));
        return silo;
    }

    private sealed class StartStep(string name, string connectionString, MigrationSource[] sources, IServiceProvider provider) : ILifecycleParticipant<ISiloLifecycle>
    {
        public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe($"migrate-{name}", ServiceLifecycleStage.First, cancellation =>
            Migrations.ApplyAsync(connectionString, sources, provider.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(Migrations)), cancellationToken: cancellation));
    }
}
