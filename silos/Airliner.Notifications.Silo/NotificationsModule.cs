using Airliner.Contracts.PersonalData;
using Airliner.Kafka;
using Airliner.Kafka.Erasure;
using Airliner.Notifications.Grains;
using Airliner.Notifications.Grains.Mail;
using Airliner.Notifications.Grains.Templates;
using Airliner.Notifications.Silo.Delivery;
using Airliner.Notifications.Silo.Events;
using Airliner.Notifications.Silo.Inbox;
using Airliner.Notifications.Silo.Push;
using Airliner.Notifications.Silo.Storage;
using Airliner.Persistence.Postgres.Records;
using Airliner.Persistence.Postgres.Schema;
using Airliner.Persistence.Postgres.StoredAnswers;
using Airliner.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Airliner.Notifications.Silo;

/// <summary>The Notification service as part of a silo.</summary>
public static class NotificationsModule
{
    /// <summary>What the service's own services are keyed by.</summary>
    public const string Service = "notifications";

    /// <summary>The steps of its schema.</summary>
    internal static MigrationSource Steps { get; } = new(Service, typeof(NotificationsModule).Assembly, "Airliner.Notifications.Silo.Storage.");

    /// <summary>
    /// Adds the service's table, what it publishes and consumes, and its deliveries. Configuration: <c>Postgres:Notifications:ConnectionString</c>; <c>Smtp</c>
    /// (<see cref="SmtpOptions"/>) or, where no server is named, <c>Mail:PickupFolder</c>; <c>Notifications:Delivery</c>
    /// (<see cref="DeliveryOptions"/>); <c>Push</c> (<see cref="Airliner.Notifications.Grains.Push.PushOptions"/>);
    /// <c>Notifications:TemplateFolder</c>, the folder <c>Templates</c> beside the program by default.
    /// </summary>
    /// <exception cref="InvalidOperationException">The configuration names no database, or no way for mails.</exception>
    /// <exception cref="FormatException">The sender of mails is not an address.</exception>
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
        silo.AddServiceDatabase(Service, database, Steps)
            .AddRecords(Service, NotificationTable.Table)
            .AddStoredAnswers(Service, database, ServerKey.Load(configuration).Derive("stored answers"));

        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.Configure<SmtpOptions>(configuration.GetSection(SmtpOptions.Section));
        silo.Services.Configure<DeliveryOptions>(configuration.GetSection("Notifications:Delivery"));

        // Read here, so that a broken template keeps the process from starting.
        var folder = configuration["Notifications:TemplateFolder"] ?? Path.Combine(AppContext.BaseDirectory, "Templates");
        silo.Services.AddSingleton(TemplateLibrary.Load(folder));
        AddMail(silo.Services, configuration);

        silo.Services.AddSingleton<RetrySchedule>();
        silo.Services.AddSingleton<DeliverySignal>();
        silo.Services.AddSingleton<NotificationEventsHandler>();
        silo.Services.AddKeyedSingleton<IPersonalDataSource, NotificationData>(Service).AddUserErasure(Service);
        silo.Services.AddHostedService<NotificationDeliverySweep>();
        silo.Services.AddInbox().AddPush(configuration);
        return silo;
    }

    private static void AddMail(IServiceCollection services, IConfiguration configuration)
    {
        var smtp = configuration.GetSection(SmtpOptions.Section).Get<SmtpOptions>() ?? new SmtpOptions();
        services.AddSingleton(new MailComposer(Options.Create(smtp)));
        if (string.IsNullOrEmpty(smtp.Host))
        {
            var folder = Required(configuration, "Mail:PickupFolder");
            services.AddSingleton<IMailTransport>(_ => new PickupFolder(folder));
        }
        else
        {
            services.AddSingleton<IMailTransport, SmtpTransport>();
        }
    }

    private static string Required(IConfiguration configuration, string key) =>
        configuration[key] is { Length: > 0 } value ? value : throw new InvalidOperationException($"The configuration has no '{key}'.");
}
