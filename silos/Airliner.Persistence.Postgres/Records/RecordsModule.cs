using System.Diagnostics;
using Airliner.Contracts.Records;
using Airliner.Persistence.Postgres.Audit;
using Airliner.Persistence.Postgres.Outbox;
using Airliner.Persistence.Postgres.Schema;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Runtime.Hosting;

namespace Airliner.Persistence.Postgres.Records;

/// <summary>Registers a service's database and tables.</summary>
public static class RecordsModule
{
    /// <summary>Connections of a silo to its database, unless the connection string has a <c>Maximum Pool Size</c>.</summary>
    public const int MostConnections = 20;

    /// <summary>
    /// Registers the database of one service: its schema, a readiness check, a keyed <see cref="NpgsqlDataSource"/> and <see cref="IServiceDatabase"/>. Its tables
    /// follow with <see cref="AddRecords{TKey,TRecord}"/>; who publishes its events is the keyed <see cref="IOutboxRelay"/>.
    /// </summary>
    /// <param name="steps">The service's own steps.</param>
    public static ISiloBuilder AddServiceDatabase(this ISiloBuilder silo, string service, string connectionString, MigrationSource steps)
    {
        ArgumentNullException.ThrowIfNull(silo);
        // Orleans reports each write that is refused as an error, with its stack, and throws it as well. Most are expected: a name that is taken, a row that another wrote.
        silo.Services.AddLogging(logging => logging.AddFilter("Airliner.Persistence.Postgres.Records.RecordStorage", LogLevel.None));
        silo.MigrateAtStart(service, connectionString, MigrationSource.GrainState, MigrationSource.Outbox, steps);
        silo.Services.AddKeyedSingleton(service, (_, _) => DataSource(connectionString));
        silo.Services.AddKeyedSingleton<IServiceDatabase>(service, (provider, _) => new ServiceDatabase(provider.GetRequiredKeyedService<NpgsqlDataSource>(service)));
        silo.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            $"database-{service}",
            provider => new DatabaseCheck(provider.GetRequiredKeyedService<IServiceDatabase>(service)),
            failureStatus: null,
            tags: null,
            timeout: TimeSpan.FromSeconds(3)));
        return silo;
    }

    /// <summary>Registers one table of the service, as the grain storage of its name, and its <see cref="RecordIds"/>, keyed by the name.</summary>
    public static ISiloBuilder AddRecords<TKey, TRecord>(this ISiloBuilder silo, string service, RecordTable<TKey, TRecord> table)
        where TKey : notnull
        where TRecord : Record
    {
        ArgumentNullException.ThrowIfNull(silo);
        ArgumentNullException.ThrowIfNull(table);
        silo.Services.AddSingleton(provider => new RecordStorage<TKey, TRecord>(
            table,
            provider.GetRequiredKeyedService<NpgsqlDataSource>(service),
            Relay(provider, service, table.Name),
            new RecordOptions(),
            provider.GetKeyedService<AuditLog>(service)?.ChainOf(table.Name),
            provider.GetRequiredService<ILogger<RecordWriter<TKey, TRecord>>>()));
        silo.Services.AddKeyedSingleton(table.Name, (provider, _) => new RecordIds(provider.GetRequiredKeyedService<IServiceDatabase>(service), table.Name));
        silo.Services.AddGrainStorage(table.Name, (provider, _) => provider.GetRequiredService<RecordStorage<TKey, TRecord>>());
        return silo;
    }

    private static IOutboxRelay Relay(IServiceProvider provider, string service, string table)
    {
        var relay = provider.GetRequiredKeyedService<IOutboxRelay>(service);
        return provider.GetKeyedService<ICommittedEvents>(table) is { } listener ? new HeardRelay(relay, listener) : relay;
    }

    /// <summary>
    /// A pool of connections that gives up soon when the database is away, and is small: writes share one connection, and lists that are more than these wait,
    /// rather than take the last connections of a server that several silos use. What runs often prepares itself, once for each connection: Npgsql's
    /// automatic preparation is off, because a statement that fails while it is being prepared leaves the connection out of step with the server
    /// (https://github.com/npgsql/npgsql/issues/6391), and answers go to the wrong writes.
    /// </summary>
    public static NpgsqlDataSource DataSource(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            MaxAutoPrepare = 0,
            Timeout = 3,
            CommandTimeout = 10,
            // Nothing is set or locked for a session, only for transactions, so a connection is not wiped with a statement each time it comes back to the pool.
            NoResetOnClose = true,
        };
        if (!settings.ShouldSerialize("Maximum Pool Size"))
            settings.MaxPoolSize = MostConnections;
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        // What is looked for each second for nobody's sake would fill the traces with itself.
        builder.ConfigureTracing(tracing => tracing.ConfigureCommandFilter(_ => Activity.Current is not null).ConfigureBatchFilter(_ => Activity.Current is not null));
        return builder.Build();
    }
}
