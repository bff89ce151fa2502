using Airliner.Artifacts.S3;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Airliner.Artifacts;

/// <summary>Registers the artifact store.</summary>
public static class ArtifactServices
{
    /// <summary>
    /// Adds <see cref="IArtifactStore"/>, its readiness check and its sweep: over the bucket of <c>Artifacts:S3</c> where anything is set there, else over the folder
    /// that <c>Artifacts:Folder</c> names. A start without either fails, and one with settings that cannot be right. Adding it twice makes one store.
    /// </summary>
    public static IServiceCollection AddArtifacts(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        if (services.Any(service => service.ServiceType == typeof(IArtifactStore)))
            return services;
        services.TryAddSingleton(TimeProvider.System);
        var s3 = configuration.GetSection("Artifacts:S3");
        if (s3.AsEnumerable().Any(setting => !string.IsNullOrEmpty(setting.Value)))
        {
            services.AddOptions<S3ArtifactStoreOptions>().Bind(s3).ValidateOnStart();
            services.AddSingleton<IValidateOptions<S3ArtifactStoreOptions>, S3OptionRules>();
            services.AddStore<S3ArtifactStore>();
        }
        else
        {
            services.AddOptions<FolderArtifactStoreOptions>().Bind(configuration.GetSection("Artifacts")).ValidateDataAnnotations().ValidateOnStart();
            services.AddStore<FolderArtifactStore>();
        }

        services.AddHostedService<UnfinishedUploadSweep>();
        services.AddHealthChecks().AddCheck<ArtifactStoreCheck>("artifacts", timeout: TimeSpan.FromSeconds(3));
        return services;
    }

    private static void AddStore<TStore>(this IServiceCollection services)
        where TStore : class, IArtifactStore, IUnfinishedUploads
    {
        services.AddSingleton<TStore>();
        services.AddSingleton<IArtifactStore>(provider => provider.GetRequiredService<TStore>());
        services.AddSingleton<IUnfinishedUploads>(provider => provider.GetRequiredService<TStore>());
    }
}
