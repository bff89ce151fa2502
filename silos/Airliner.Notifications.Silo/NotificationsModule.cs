using Airliner.Contracts.PersonalData;
using Airliner.Kafka;
using Airliner.Kafka.Erasure;
using Airliner.Notifications.Grains;
using Airliner.Notifications.Grains.Bounces;
using Airliner.Notifications.Grains.Digests;
using Airliner.Notifications.Grains.Mail;
using Airliner.Notifications.Grains.Recipients;
using Airliner.Notifications.Grains.Templates;
using Airliner.Notifications.Silo.Delivery;
using Airliner.Notifications.Silo.Events;
using Airliner.Notifications.Silo.Inbox;
using Airliner.Notifications.Silo.Providers;
using Airliner.Notifications.Silo.Push;
using Airliner.Notifications.Silo.Storage;
using Airliner.Persistence.Postgres.Records;
using Airliner.Persistence.Postgres.Schema;
using Airliner.Persistence.Postgres.StoredAnswers;
using Airliner.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Airliner.Notifications.Silo;

/// <summary>The Notification service as part of a silo.</summary>
public static class NotificationsModule
{
    /// <summary>What the service's own services are keyed by.</summary>
    public const string Service = NotificationsStorage.Service;

    /// <summary>The steps of its schema.</summary>
    public static MigrationSource Steps { get; } = new(Service, typeof(NotificationsModule).Assembly, "Airliner.Notifications.Silo.Storage.");

    /// <summary>
    /// Adds the service's tables, what it publishes and consumes, and its deliveries. Configuration: <c>Postgres:Notifications:ConnectionString</c>; <c>Smtp</c>
    /// (<see cref="SmtpOptions"/>) or, where no server is named, <c>Mail:PickupFolder</c>; <c>Notifications:Sms:Providers</c> and <c>Notifications:Push:Providers</c>
    /// (<see cref="HttpProviderOptions"/>); <c>Notifications:Breaker</c>; <c>Notifications:Delivery</c> (<see cref="DeliveryOptions"/>);
    /// <c>Notifications:Events</c> (<see cref="EventChannels"/>); <c>Notifications:BouncedAddresses</c>; <c>Notifications:Retention</c>; <c>Notifications:Throttle</c> (<see cref="ThrottleOptions"/>); <c>Push</c>
    /// (<see cref="Airliner.Notifications.Grains.Push.PushOptions"/>); <c>AIRLINER_PUBLIC_URL</c>, without which no mail has a link; <c>Notifications:TemplateFolder</c>, none by default, and <c>Notifications:TemplateRefreshInterval</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// The configuration names no database, no way for mails, a provider that cannot be used, a channel that an event cannot go by, or a limit that lets nothing through.
    /// </exception>
    /// <exception cref="FormatException">The sender of mails, or where clients reach the system, is not an address.</exception>
    public static ISiloBuilder AddNotifications(this ISiloBuilder silo, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(silo);
        ArgumentNullException.ThrowIfNull(configuration);
        return silo.AddNotificationsWithoutKafka(configuration).AddOutboxRelay(Service).AddEventConsumer<NotificationEventsHandler>();
    }

    /// <summary>All of it but what publishes and consumes events.</summary>
    internal static ISiloBuilder AddNotificationsWithoutKafka(this ISiloBuilder silo, IConfiguration configuration)
    {
        var database = PostgresSettings.ConnectionString(configuration, "Notifications");
        var serverKey = ServerKey.Load(configuration);
        silo.AddServiceDatabase(Service, database, Steps)
            .AddRecords(Service, NotificationTable.Table)
            .AddRecords(Service, RecipientTable.Table)
            .AddStoredAnswers(Service, database, serverKey.Derive);

        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.Configure<DeliveryOptions>(configuration.GetSection("Notifications:Delivery"));

        AddTemplates(silo.Services, configuration);
        silo.Services.AddProviders(configuration);

        silo.Services.AddSingleton<RetrySchedule>();
        silo.Services.AddSingleton<DeliverySignal>();
        silo.Services.AddSingleton<DueNotifications>();
        silo.Services.AddSingleton(EventChannels.Load(configuration));
        silo.Services.AddSingleton<NotificationEventsHandler>();
        AddRecipients(silo.Services, configuration, serverKey);
        silo.Services.AddKeyedSingleton<IPersonalDataSource, NotificationData>(Service).AddUserErasure(Service);
        silo.Services.AddSingleton<IBouncedAddresses, BouncedAddresses>();
        silo.Services.AddSingleton(configuration.GetSection("Notifications:BouncedAddresses").Get<BouncedAddressOptions>() ?? new());
        silo.Services.AddHostedService<BouncedAddressSweep>();
        silo.Services.AddSingleton((configuration.GetSection("Notifications:Retention").Get<NotificationRetentionOptions>() ?? new()).Checked());
        silo.Services.AddHostedService<NotificationSweep>();
        silo.Services.AddHostedService<NotificationDeliverySweep>();
        silo.Services.AddHostedService<DeadSiloClaims>();
        silo.Services.AddInbox().AddPush(configuration);
        return silo;
    }

    private static void AddTemplates(IServiceCollection services, IConfiguration configuration)
    {
        var folder = configuration["Notifications:TemplateFolder"] is { Length: > 0 } named ? named : null;
        // Read here, so that a broken template keeps the process from starting.
        services.AddSingleton(TemplateLibrary.Load(Path.Combine(AppContext.BaseDirectory, "Templates"), folder));
        if (folder is null)
            return;
        var interval = configuration.GetValue("Notifications:TemplateRefreshInterval", TimeSpan.FromSeconds(5));
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<TemplateRefresh>(provider, interval));
    }

    private static void AddRecipients(IServiceCollection services, IConfiguration configuration, ServerKey serverKey)
    {
        services.AddSingleton((configuration.GetSection(ThrottleOptions.Section).Get<ThrottleOptions>() ?? new()).Checked());
        services.AddSingleton(new UnsubscribeLinks(serverKey.Derive("unsubscribe links"), configuration["AIRLINER_PUBLIC_URL"]));
        services.AddSingleton<IDigestTable, DigestTable>();
        services.AddKeyedSingleton<IPersonalDataSource, RecipientData>(Service);
    }
}
