using Airliner.Contracts.Idempotency;
using Microsoft.Extensions.DependencyInjection;

namespace Airliner.ServiceDefaults.Idempotency;

/// <summary>The stored answers of a gateway's service.</summary>
public static class StoredAnswers
{
    /// <summary>Says where the service keeps them; every gateway does.</summary>
    public static void AddStoredAnswers<TGrain>(this IServiceCollection services)
        where TGrain : IStoredAnswerGrain =>
        services.AddSingleton<AnonymousKeys>().AddSingleton<StoredAnswerGrains>(_ => (grains, key) => grains.GetGrain<TGrain>(key));
}

/// <summary>The grain of the service for a key.</summary>
internal delegate IStoredAnswerGrain StoredAnswerGrains(IGrainFactory grains, string key);
