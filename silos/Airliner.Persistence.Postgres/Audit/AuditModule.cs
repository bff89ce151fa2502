using Airliner.Contracts.Audit;
using Airliner.Contracts.PersonalData;
using Airliner.Persistence.Postgres.Outbox;
using Airliner.Persistence.Postgres.Schema;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Airliner.Persistence.Postgres.Audit;

/// <summary>Registers a service's audit log.</summary>
public static class AuditModule
{
    /// <summary>
    /// Registers the audit log of a service whose database is registered under the same name: from then on its records' commits are audited, the keyed
    /// <see cref="IAuditLog"/> reads it, and what is old is swept.
    /// </summary>
    public static ISiloBuilder AddAuditLog(this ISiloBuilder silo, string service, string connectionString, AuditSecrets secrets, AuditOptions options)
    {
        ArgumentNullException.ThrowIfNull(silo);
        silo.MigrateAtStart($"{service}-audit", connectionString, MigrationSource.Audit);
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddKeyedSingleton(service, (provider, _) => new AuditLog(
            provider.GetRequiredKeyedService<IOutboxRelay>(service).Owner,
            provider.GetRequiredKeyedService<NpgsqlDataSource>(service),
            secrets,
            provider.GetRequiredService<TimeProvider>()));
        silo.Services.AddKeyedSingleton<IAuditLog>(service, (provider, _) => provider.GetRequiredKeyedService<AuditLog>(service));
        silo.Services.AddKeyedSingleton<IPersonalDataSource>(service, (provider, _) => new AuditPersonalData(provider.GetRequiredKeyedService<AuditLog>(service)));
        silo.Services.AddSingleton<IHostedService>(provider => new AuditSweep(
            provider.GetRequiredKeyedService<NpgsqlDataSource>(service),
            secrets,
            options,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<AuditSweep>>()));
        return silo;
    }
}
