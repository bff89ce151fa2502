using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Airliner.ServiceDefaults;
using Airliner.ServiceDefaults.Health;
using Airliner.ServiceDefaults.Idempotency;
using Airliner.ServiceDefaults.Outbound;

namespace Airliner.Notifications.Gateway;

/// <summary>The gateway of Notification.</summary>
public static class NotificationsGateway
{
    /// <summary>Makes the gateway, ready to run.</summary>
    /// <param name="cluster">A cluster client that is in this process already; null to connect one.</param>
    public static WebApplication Create(string[] args, IClusterClient? cluster = null)
    {
        var builder = GatewayDefaults.CreateGateway(args, ServiceNames.Notifications, restPort: 5003, grpcPort: 9093, cluster);
        builder.Services.AddServiceProbe<INotificationsProbe>();
        builder.Services.AddStoredAnswers<INotificationsStoredAnswerGrain>();
        builder.Services.AddSingleton(new BounceProviders(builder.Configuration, TimeProvider.System));
        builder.Services.AddOutbound(builder.Configuration);
        var app = builder.Build();
        app.UseGatewayDefaults(ServiceNames.Notifications);
        app.MapNotifications();
        app.MapRedrives();
        app.MapBounces();
        app.MapPreferences();
        app.MapUnsubscribe();
        app.MapTemplates();
        app.MapInbox();
        app.MapPush();
        return app;
    }
}
