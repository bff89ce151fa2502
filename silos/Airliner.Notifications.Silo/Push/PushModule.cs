using Airliner.Contracts.PersonalData;
using Airliner.Notifications.Grains.Providers;
using Airliner.Notifications.Grains.Push;
using Airliner.ServiceDefaults;
using Airliner.ServiceDefaults.Outbound;
using Npgsql;

namespace Airliner.Notifications.Silo.Push;

/// <summary>Web Push as a part of the service.</summary>
internal static class PushModule
{
    private const string PrivateKeyFile = "Push:Vapid:PrivateKeyFile";

    /// <exception cref="InvalidOperationException">A setting cannot be used; the message names it.</exception>
    public static IServiceCollection AddPush(this IServiceCollection services, IConfiguration configuration)
    {
        var serverKey = ServerKey.Load(configuration);
        return services
            .AddOutbound(configuration)
            .AddSingleton(configuration.GetSection("Push").Get<PushOptions>() ?? new())
            .AddSingleton(ReadKey(configuration, serverKey))
            .AddSingleton(VapidSubject.Read(configuration))
            .AddSingleton(provider => new PushSubscriptionTable(
                provider.GetRequiredKeyedService<NpgsqlDataSource>(NotificationsModule.Service), serverKey.Derive("push subscriptions")))
            .AddSingleton<IPushSubscriptions>(provider => provider.GetRequiredService<PushSubscriptionTable>())
            .AddKeyedSingleton<IPersonalDataSource, PushSubscriptionData>(NotificationsModule.Service)
            .AddSingleton<IChannelProvider, WebPushProvider>();
    }

    private static VapidKey ReadKey(IConfiguration configuration, ServerKey serverKey)
    {
        if (configuration[PrivateKeyFile] is not { Length: > 0 } file)
            return VapidKey.DerivedFrom(serverKey.Derive("web push"));
        try
        {
            return VapidKey.Parse(SecretFile.Read(file));
        }
        catch (FormatException error)
        {
            throw new InvalidOperationException($"{PrivateKeyFile}, {file}: {error.Message}", error);
        }
    }
}
