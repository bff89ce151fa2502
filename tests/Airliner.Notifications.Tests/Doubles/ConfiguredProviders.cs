using Airliner.Notifications.Grains;
using Airliner.Notifications.Grains.Providers;
using Airliner.Notifications.Silo.Providers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Airliner.Notifications.Tests.Doubles;

/// <summary>The providers that a configuration names, as the module makes them, under a clock of the test.</summary>
internal sealed class ConfiguredProviders : IDisposable
{
    private readonly ServiceProvider _services;
    private readonly string _folder = Directory.CreateTempSubdirectory("airliner-providers-").FullName;

    public ConfiguredProviders(params (string Key, string Value)[] settings)
    {
        TokenFile = Path.Combine(_folder, "token");
        File.WriteAllText(TokenFile, "s3cret\n");
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Mail:PickupFolder"] = Path.Combine(_folder, "mail") })
            .AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value.Replace("{token}", TokenFile, StringComparison.Ordinal)))
            .Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(Time);
        services.Configure<DeliveryOptions>(configuration.GetSection("Notifications:Delivery"));
        try
        {
            services.AddProviders(configuration);
        }
        catch
        {
            // A test of what is refused disposes of nothing.
            Directory.Delete(_folder, recursive: true);
            throw;
        }

        _services = services.BuildServiceProvider();
    }

    public FakeTimeProvider Time { get; } = new();

    public string TokenFile { get; }

    public ChannelRouter Router => _services.GetRequiredService<ChannelRouter>();

    /// <summary>The channel's only provider.</summary>
    public IChannelProvider Single(string channel) => _services.GetServices<IChannelProvider>().Single(provider => provider.Channel == channel);

    public void Dispose()
    {
        _services.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
