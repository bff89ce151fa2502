using Airliner.Contracts.Idempotency;
using Airliner.Contracts.PersonalData;
using Airliner.Persistence.Postgres.Outbox;
using Airliner.Persistence.Postgres.Records;
using Airliner.Persistence.Postgres.Schema;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Runtime.Hosting;

namespace Airliner.Persistence.Postgres.StoredAnswers;

/// <summary>Registers where a service keeps its idempotency keys.</summary>
public static class StoredAnswersModule
{
    /// <summary>
    /// Registers the service's table of idempotency keys, as the grain storage <c>{service}-stored-answers</c>: one process may have several services, and each
    /// has the table in its own database. What has expired is swept out of it.
    /// </summary>
    /// <param name="derive">Gives the key for a purpose, here what bodies are hashed with; all silos of the service need the same.</param>
    public static ISiloBuilder AddStoredAnswers(this ISiloBuilder silo, string service, string connectionString, Func<string, byte[]> derive)
    {
        ArgumentNullException.ThrowIfNull(silo);
        ArgumentNullException.ThrowIfNull(derive);
        silo.MigrateAtStart($"{service}-stored-answers", connectionString, MigrationSource.StoredAnswers);
        silo.Services.TryAddSingleton(new BodyHashKey(derive("stored answers")));
        silo.Services.AddGrainStorage($"{service}-stored-answers", (provider, _) => new RecordStorage<string, StoredAnswerState>(
            StoredAnswerTable.Map,
            provider.GetRequiredKeyedService<NpgsqlDataSource>(service),
            provider.GetRequiredKeyedService<IOutboxRelay>(service),
            new RecordOptions(),
            log: provider.GetRequiredService<ILogger<RecordWriter<string, StoredAnswerState>>>()));
        silo.Services.AddKeyedSingleton(service, (provider, _) => new StoredAnswerSweep(
            provider.GetRequiredKeyedService<NpgsqlDataSource>(service),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<StoredAnswerSweep>>()));
        // Not by AddHostedService, which would take the second service's for the first one's.
        silo.Services.AddSingleton<IHostedService>(provider => provider.GetRequiredKeyedService<StoredAnswerSweep>(service));
        silo.Services.AddKeyedSingleton<IPersonalDataSource>(service, (provider, _) => new StoredAnswerData(provider.GetRequiredKeyedService<NpgsqlDataSource>(service)));
        return silo;
    }
}
