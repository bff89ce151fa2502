using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Metadata;
using Orleans.Serialization;
using Orleans.Serialization.TypeSystem;
using Xunit;

namespace Airliner.Architecture.Tests;

/// <summary>Under which names the cluster knows our grain interfaces.</summary>
public sealed class IdentityTests
{
    [Fact]
    public void A_grain_interface_is_its_alias_to_other_silos_wherever_its_source_is_moved()
    {
        using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var resolver = new GrainInterfaceTypeResolver([new AttributeGrainInterfaceTypeProvider(services)], services.GetRequiredService<TypeConverter>());
        Assert.All(ContractTests.GrainInterfaces, type => Assert.Equal(
            type.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias, resolver.GetGrainInterfaceType(type).ToString()));
    }
}
