using Airliner.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Metadata;

namespace Airliner.EndToEnd.Tests.Cluster;

/// <summary>What a client of the cluster learns of its silos.</summary>
internal static class SiloGrains
{
    /// <summary>The types of grain that each silo would activate, by the silo's port.</summary>
    public static async Task<Dictionary<int, string[]>> ByPortAsync(ClusterPlan plan)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client => client
            .UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = ("Npgsql", plan.ClusterDatabase))
            .Configure<ClusterOptions>(options => options.ClusterId = options.ServiceId = plan.ClusterId));
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        try
        {
            var manifest = host.Services.GetRequiredService<IClusterManifestProvider>();
            await Eventually.True(
                () => Task.FromResult(Silos().Count() == Service.All.Count), TimeSpan.FromSeconds(60), "the client knows all silos");
            return Silos().ToDictionary(
                silo => silo.Key.Endpoint.Port, silo => silo.Value.Grains.Keys.Select(type => type.ToString()!).ToArray());

            // The client has a manifest as well, which is among them.
            IEnumerable<KeyValuePair<SiloAddress, GrainManifest>> Silos() => manifest.Current.Silos.Where(silo => !silo.Key.IsClient);
        }
        finally
        {
            await host.StopAsync();
        }
    }
}
