using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Airliner.ServiceDefaults.Idempotency;

/// <summary>A route that takes or answers a secret.</summary>
internal sealed class SecretMetadata;

/// <summary>A route that reads its body as a stream.</summary>
internal sealed class StreamedBodyMetadata;

/// <summary>Which routes honour <c>Idempotency-Key</c>: every POST and PUT, unless it says otherwise.</summary>
public static class KeyedRoutes
{
    /// <summary>Says that the route takes or answers a secret, which no stored answer may hold: it ignores <c>Idempotency-Key</c>.</summary>
    public static TBuilder TakesSecrets<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new SecretMetadata());

    /// <summary>
    /// Says that the route reads its body as a stream, which is too large to be read before: the handler says what the key stands for, once it has read it, by
    /// <see cref="KeyedRequests.OnceAsync"/>.
    /// </summary>
    public static TBuilder ReadsStream<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new StreamedBodyMetadata());

    /// <summary>Whether requests of this method honour a key, on the route of this metadata.</summary>
    internal static bool HonourKeys(string? method, IEnumerable<object> metadata) =>
        (HttpMethods.IsPost(method ?? "") || HttpMethods.IsPut(method ?? "")) && !metadata.OfType<SecretMetadata>().Any();
}
