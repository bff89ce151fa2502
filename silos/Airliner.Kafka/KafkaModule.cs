using Airliner.Contracts.Cluster;
using Airliner.Kafka.Consumers;
using Airliner.Kafka.Outbox;
using Airliner.Kafka.Topics;
using Airliner.Persistence.Postgres.Outbox;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Airliner.Kafka;

/// <summary>Registers what publishes and consumes events.</summary>
public static class KafkaModule
{
    /// <summary>
    /// Publishes the events of a service whose database is registered under the same name. It stops after the service's tables have, and publishes
    /// until then.
    /// </summary>
    public static ISiloBuilder AddOutboxRelay(this ISiloBuilder silo, string service)
    {
        ArgumentNullException.ThrowIfNull(silo);
        ArgumentException.ThrowIfNullOrWhiteSpace(service);
        silo.Services.AddKafka();
        silo.Services.AddKeyedSingleton(service, (provider, _) => new OutboxRelay(
            service,
            provider.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToParsableString(),
            provider.GetRequiredKeyedService<NpgsqlDataSource>(service),
            provider.GetRequiredService<IOptions<KafkaOptions>>().Value,
            new ClusterOutboxOwners(provider),
            provider.GetRequiredService<ConsumptionProgress>(),
            provider.GetRequiredService<TopicSetup>().Ready,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<OutboxRelay>>()));
        silo.Services.AddSingleton<ISiloReportSource>(provider => new OutboxReports(service, provider.GetRequiredKeyedService<OutboxRelay>(service)));
        silo.Services.AddKeyedSingleton<IOutboxRelay>(service, (provider, _) => provider.GetRequiredKeyedService<OutboxRelay>(service));
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider =>
            new OutboxRelayLifecycle(service, provider.GetRequiredKeyedService<OutboxRelay>(service)));
        return silo;
    }

    /// <summary>Consumes events in this silo, from when it is active until it begins to stop.</summary>
    /// <typeparam name="THandler">Has the effect of the events; a singleton.</typeparam>
    public static ISiloBuilder AddEventConsumer<THandler>(this ISiloBuilder silo)
        where THandler : class, IEventHandler
    {
        ArgumentNullException.ThrowIfNull(silo);
        silo.Services.AddKafka();
        silo.Services.TryAddSingleton<THandler>();
        silo.Services.AddSingleton<ISiloReportSource>(provider => new ConsumerReports(provider.GetRequiredService<THandler>()));
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => new EventConsumerLifecycle(
            new ConsumerLoop(
                provider.GetRequiredService<IOptions<KafkaOptions>>().Value,
                provider.GetRequiredService<THandler>(),
                provider.GetRequiredService<ConsumptionProgress>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<ConsumerLoop>>()),
            provider.GetRequiredService<TopicSetup>().Ready));
        return silo;
    }

    private static void AddKafka(this IServiceCollection services)
    {
        // Once, however many services of a silo publish and consume: health checks of one name may not be added twice.
        if (services.Any(service => service.ServiceType == typeof(TopicSetup)))
            return;
        services.AddOptions<KafkaOptions>().BindConfiguration("Kafka");
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ConsumptionProgress>();
        services.AddSingleton<TopicSetup>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<TopicSetup>());
        services.AddHealthChecks().AddCheck<TopicsCheck>("kafka");
    }
}
