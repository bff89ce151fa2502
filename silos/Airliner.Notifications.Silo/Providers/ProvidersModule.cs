using System.Diagnostics;
using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains.Mail;
using Airliner.Notifications.Grains.Providers;
using Airliner.Notifications.Silo.Storage;
using Microsoft.Extensions.Options;

namespace Airliner.Notifications.Silo.Providers;

/// <summary>The providers of each channel, in the order in which they are asked.</summary>
internal static class ProvidersModule
{
    /// <exception cref="InvalidOperationException">A setting cannot be used; the message names it.</exception>
    /// <exception cref="FormatException">The sender of mails is not an address.</exception>
    public static void AddProviders(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton((configuration.GetSection(BreakerOptions.Section).Get<BreakerOptions>() ?? new()).Checked());
        services.AddSingleton<ChannelRouter>();
        services.AddMail(configuration);
        services.AddHttpProviders(configuration, Channels.Sms, "Notifications:Sms:Providers");
        services.AddHttpProviders(configuration, Channels.Push, "Notifications:Push:Providers");
    }

    private static void AddMail(this IServiceCollection services, IConfiguration configuration)
    {
        var smtp = configuration.GetSection(SmtpOptions.Section).Get<SmtpOptions>() ?? new SmtpOptions();
        services.AddSingleton(new MailComposer(Options.Create(smtp)));
        if (string.IsNullOrEmpty(smtp.Host))
        {
            var folder = configuration["Mail:PickupFolder"] is { Length: > 0 } value
                ? value
                : throw new InvalidOperationException("The configuration has no 'Mail:PickupFolder'.");
            services.AddSingleton(provider => new PickupFolder(folder, provider.GetRequiredService<MailComposer>()));
            services.AddSingleton<IChannelProvider>(provider => provider.GetRequiredService<PickupFolder>());
            services.AddHostedService<PickupSweep>();
            return;
        }

        foreach (var server in smtp.Fallbacks.Prepend(smtp))
        {
            if (string.IsNullOrEmpty(server.Host))
                throw new InvalidOperationException($"{SmtpOptions.Section}:Fallbacks: each needs a Host.");
            if (server.MaxConnections < 1)
                throw new InvalidOperationException($"{SmtpOptions.Section}:MaxConnections must be 1 at least, also of each of Fallbacks.");
            services.AddSingleton<IChannelProvider>(provider => ActivatorUtilities.CreateInstance<SmtpProvider>(provider, server));
        }
    }

    private static void AddHttpProviders(this IServiceCollection services, IConfiguration configuration, string channel, string section)
    {
        foreach (var (i, options) in (configuration.GetSection(section).Get<HttpProviderOptions[]>() ?? []).Index())
        {
            if (Complaint(channel, options) is { } complaint)
                throw new InvalidOperationException($"{section}:{i}:{complaint}");
            var client = $"{channel}-{i}";
            services.AddHttpClient(client, http =>
                {
                    // The router bounds the time.
                    http.Timeout = Timeout.InfiniteTimeSpan;
                    http.DefaultRequestHeaders.UserAgent.ParseAdd("airliner");
                })
                .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
                {
                    AllowAutoRedirect = false,
                    UseCookies = false,
                    ConnectTimeout = TimeSpan.FromSeconds(10),
                    PooledConnectionLifetime = TimeSpan.FromMinutes(2),
                    MaxConnectionsPerServer = options.MaxConnections,
                    ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
                })
                .RemoveAllLoggers();
            services.AddSingleton<IChannelProvider>(provider => options.Kind == "twilio"
                ? ActivatorUtilities.CreateInstance<TwilioProvider>(provider, client, options)
                : ActivatorUtilities.CreateInstance<HttpProvider>(provider, channel, client, options));
        }
    }

    /// <summary>What is wrong with the options, as the setting's name and a sentence.</summary>
    private static string? Complaint(string channel, HttpProviderOptions options)
    {
        if (options.Kind != "http" && (options.Kind != "twilio" || channel != Channels.Sms))
            return $"Kind must be http{(channel == Channels.Sms ? " or twilio" : "")}, not '{options.Kind}'.";
        if (options.Url is not { IsAbsoluteUri: true, Scheme: "http" or "https", UserInfo: "" })
            return "Url must be a whole URL, such as https://api.twilio.com, without a password in it.";
        if (string.IsNullOrEmpty(options.TokenFile))
            return "TokenFile must name the file with the token.";
        if (options.MaxConnections < 1)
            return "MaxConnections must be 1 at least.";
        if (options.Kind == "http")
            return null;
        if (string.IsNullOrEmpty(options.AccountSid))
            return "AccountSid must be the account's.";
        return string.IsNullOrEmpty(options.From) == string.IsNullOrEmpty(options.MessagingServiceSid)
            ? "From or MessagingServiceSid must be there, and not both."
            : null;
    }
}
