using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Airliner.ServiceDefaults.Idempotency;

/// <summary>What handlers see of idempotency keys.</summary>
public static class KeyedRequests
{
    /// <summary>
    /// Names the request's command: where it carries an <c>Idempotency-Key</c>, as every try of it is named, else at random, with 128 bits. A request that makes
    /// several records appends a number to it.
    /// </summary>
    public static string CommandId(this HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        return http.Features.Get<KeyedCommand>()?.CommandId ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    }

    /// <summary>Whether the request's answer may be one that was given before, which only its whole body tells.</summary>
    public static bool MayBeReplayed(this HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        return http.Features.Get<KeyedExchange>() is not null;
    }

    /// <summary>Says that the answer holds data of a user who is not the caller: a stored answer goes when that user is erased.</summary>
    public static void Concerns(this HttpContext http, long userId)
    {
        ArgumentNullException.ThrowIfNull(http);
        if (http.Features.Get<KeyedCommand>() is { } command)
            command.UserId = userId;
    }

    /// <summary>
    /// Runs the handler of a route that reads a stream, once it has read it. A request whose key says that it was answered before is answered so, and
    /// <paramref name="handle"/> does not run.
    /// </summary>
    /// <param name="request">What is asked for, as a text that is the same for every try and no other request.</param>
    public static async Task<IResult> OnceAsync(this HttpContext http, string request, Func<Task<IResult>> handle)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(handle);
        if (http.Features.Get<KeyedExchange>() is not { } exchange)
            return await handle();
        await exchange.RunAsync(RequestHash.Of(request), async () => await (await handle()).ExecuteAsync(http));
        return Results.Empty;
    }
}

/// <summary>The command that the request's key stands for.</summary>
internal sealed class KeyedCommand(string commandId)
{
    public string CommandId { get; } = commandId;

    public long? UserId { get; set; }
}
