using Airliner.Contracts.PersonalData;
using Airliner.Persistence.Postgres.Records;
using Airliner.ServiceDefaults;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Grains.Webhooks;

namespace Airliner.Tasks.Silo.Webhooks;

/// <summary>Webhooks as a part of the service.</summary>
internal static class WebhooksModule
{
    public static ISiloBuilder AddWebhooks(this ISiloBuilder silo, IConfiguration configuration)
    {
        silo.AddRecords(TasksStorage.Service, WebhookTable.Table);
        silo.Services
            .AddSingleton(configuration.GetSection("Tasks:Webhooks").Get<WebhookOptions>() ?? new())
            .AddSingleton(new WebhookVault(ServerKey.Load(configuration).Derive("webhook secrets")))
            .AddSingleton<WebhookSchedule>()
            .AddSingleton<WebhookEvents>()
            .AddSingleton<IWebhookIndex, WebhookIndex>()
            .AddSingleton<IWebhookDeliveries, WebhookDeliveries>()
            .AddSingleton<IWebhookSender, WebhookSender>()
            .AddKeyedSingleton<IPersonalDataSource, WebhookData>(TasksStorage.Service)
            .AddHostedService<WebhookSweep>()
            .AddHostedService<WebhookRetentionSweep>();
        return silo;
    }
}
