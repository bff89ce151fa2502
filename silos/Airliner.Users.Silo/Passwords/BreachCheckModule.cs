using Airliner.Users.Grains.Passwords;

namespace Airliner.Users.Silo.Passwords;

/// <summary>Adds the look-up of new passwords.</summary>
internal static class BreachCheckModule
{
    /// <summary>Far more than an answer has: some hundreds of lines, padded to at most a thousand.</summary>
    private const int MostAnswerBytes = 256 * 1024;

    /// <exception cref="InvalidOperationException">A setting cannot be used; the message names it.</exception>
    public static IServiceCollection AddBreachCheck(this IServiceCollection services, IConfiguration configuration)
    {
        var options = (configuration.GetSection("Passwords:BreachCheck").Get<BreachCheckOptions>() ?? new()).Checked();
        services.AddSingleton(options);
        services.AddSingleton<IBreachedPasswords, PwnedPasswords>();
        services.AddHttpClient(nameof(PwnedPasswords), client =>
            {
                client.BaseAddress = options.Address;
                client.Timeout = options.Timeout;
                client.MaxResponseContentBufferSize = MostAnswerBytes;
                client.DefaultRequestHeaders.UserAgent.ParseAdd("airliner");
                client.DefaultRequestHeaders.Add("Add-Padding", "true");
            })
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
            // They would write the prefix beside the request that it belongs to.
            .RemoveAllLoggers();
        return services;
    }
}
