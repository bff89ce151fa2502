using Airliner.Contracts.Tasks;
using Airliner.ServiceDefaults.Cluster;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Metadata;
using Orleans.Serialization.TypeSystem;
using Xunit;

namespace Airliner.Gateways.Tests.Cluster;

public sealed class RememberedInterfacesTests
{
    [Fact]
    public void Each_grain_interface_has_the_name_that_Orleans_gives_it_however_often_it_is_asked_for()
    {
        using var client = new HostBuilder().UseOrleansClient(client => client.UseClusterDefaults(
            new ConfigurationBuilder().AddInMemoryCollection([new("Postgres:Cluster:ConnectionString", "Host=none")]).Build(), "auth")).Build();
        var ours = client.Services.GetRequiredService<GrainInterfaceTypeResolver>();
        var orleans = new GrainInterfaceTypeResolver(
            client.Services.GetServices<IGrainInterfaceTypeProvider>().Where(provider => provider is not RememberedInterfaces),
            client.Services.GetRequiredService<TypeConverter>());
        var interfaces = typeof(ITaskGrain).Assembly.GetExportedTypes().Where(type => type.IsInterface && type.IsAssignableTo(typeof(IGrain))).ToArray();

        Assert.Contains(typeof(ITaskGrain), interfaces);
        Assert.Equal(interfaces.Select(orleans.GetGrainInterfaceType), interfaces.Select(ours.GetGrainInterfaceType));
        Assert.Equal(interfaces.Select(orleans.GetGrainInterfaceType), interfaces.Select(ours.GetGrainInterfaceType));
    }
}
