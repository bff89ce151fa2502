using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Grpc;
using Airliner.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Airliner.ServiceDefaults.Idempotency;

/// <summary>
/// Honours <c>Idempotency-Key</c>: what was asked for once is done once, and answered with the same bytes. It runs after authorization, so that nothing is
/// replayed to whom the route is closed by now, and before the route's own filters, so that a replay takes no permit of a limit.
/// </summary>
internal sealed class IdempotencyKeys(RequestDelegate next, StoredAnswerGrains answers, AnonymousKeys anonymous, GrainCalls calls, ILogger<KeyedExchange> log)
{
    public async Task InvokeAsync(HttpContext http)
    {
        if (!http.Request.Headers.ContainsKey(IdempotencyKey.Header) || http.GetEndpoint() is not RouteEndpoint route || GrpcProblems.IsGrpc(http.Request)
            || !KeyedRoutes.HonourKeys(http.Request.Method, route.Metadata))
        {
            await next(http);
            return;
        }

        if (!IdempotencyKey.TryRead(http.Request, out var key))
        {
            await Problem.Invalid(IdempotencyKey.Header, IdempotencyKey.Rule).ExecuteAsync(http);
            return;
        }

        if (anonymous.Refusal(http) is { } refusal)
        {
            await refusal.ExecuteAsync(http);
            return;
        }

        var exchange = new KeyedExchange(http, IdempotencyKey.GrainKey(http, key), answers, calls, log);
        if (route.Metadata.GetMetadata<StreamedBodyMetadata>() is not null)
        {
            http.Features.Set(exchange);
            await next(http);
        }
        else
        {
            await exchange.RunAsync(await RequestHash.OfBodyAsync(http.Request), () => next(http));
        }
    }
}
