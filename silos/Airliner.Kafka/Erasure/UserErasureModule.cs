using Airliner.Contracts.PersonalData;
using Microsoft.Extensions.DependencyInjection;

namespace Airliner.Kafka.Erasure;

/// <summary>Registers what erases deleted users.</summary>
public static class UserErasureModule
{
    /// <summary>Adds, keyed by the service's name, what erases all that the <see cref="IPersonalDataSource"/>s of the same key hold of a user.</summary>
    public static IServiceCollection AddUserErasure(this IServiceCollection services, string service) => services.AddKeyedSingleton(
        service, (provider, _) => new UserErasure(provider.GetRequiredService<IGrainFactory>(), provider.GetKeyedServices<IPersonalDataSource>(service)));
}
