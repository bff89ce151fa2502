using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Airliner.Artifacts;

/// <summary>Registers the artifact store.</summary>
public static class ArtifactServices
{
    /// <summary>
    /// Adds <see cref="IArtifactStore"/> over the folder that <c>Artifacts:Folder</c> names; a start without it fails.
    /// Adding it twice, as the embedded system does, makes one store.
    /// </summary>
    public static IServiceCollection AddArtifacts(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<FolderArtifactStoreOptions>()
            .Bind(configuration.GetSection("Artifacts"))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<FolderArtifactStore>();
        services.TryAddSingleton<IArtifactStore>(provider => provider.GetRequiredService<FolderArtifactStore>());
        services.AddHostedService<UnfinishedUploadSweep>();
        return services;
    }
}
