using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Metadata;
using Orleans.Serialization.TypeSystem;

namespace Airliner.ServiceDefaults.Cluster;

/// <summary>The names of grain interfaces, each worked out once. Orleans reads an interface's attributes for each reference that is made.</summary>
internal sealed class RememberedInterfaces(IServiceProvider services, TypeConverter names) : IGrainInterfaceTypeProvider
{
    private readonly ConcurrentDictionary<Type, GrainInterfaceType> _known = new();

    /// <summary>Asks this one before the others.</summary>
    public static void AddTo(IServiceCollection services) => services.Insert(0, ServiceDescriptor.Singleton<IGrainInterfaceTypeProvider, RememberedInterfaces>());

    public bool TryGetGrainInterfaceType(Type type, out GrainInterfaceType grainInterfaceType)
    {
        grainInterfaceType = _known.GetOrAdd(type, WorkOut);
        return true;
    }

    private GrainInterfaceType WorkOut(Type type) =>
        new GrainInterfaceTypeResolver(services.GetServices<IGrainInterfaceTypeProvider>().Where(other => other is not RememberedInterfaces), names).GetGrainInterfaceType(type);
}
