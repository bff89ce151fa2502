using System.Diagnostics.Metrics;
using Airliner.Contracts;
using Airliner.Contracts.Limits;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Airliner.ServiceDefaults.Requests;

/// <summary>Limits a route by the address that its requests come from.</summary>
public static class AddressLimits
{
    private static readonly Meter _meter = new("Airliner.Requests");
    private static readonly Counter<long> _limited = _meter.CreateCounter<long>(
        "airliner.requests.limited", "{request}", "Requests that were refused for the address that they came from, by policy.");

    /// <summary>
    /// Answers 429 where <typeparamref name="TLimit"/> of the address has no permit left. After <c>Validated</c>, a body that is wrong takes none.
    /// <c>Limits:ExemptLoopback</c> (<c>false</c>) lets this machine's own addresses do as they like.
    /// </summary>
    /// <param name="policy">The limit's name in the answer's headers.</param>
    public static RouteHandlerBuilder LimitedBy<TLimit>(this RouteHandlerBuilder route, string policy)
        where TLimit : IAddressLimit => route.AddEndpointFilterFactory((factory, next) =>
    {
        var exemptLoopback = CallerLimits.ExemptsLoopback(factory.ApplicationServices.GetRequiredService<IConfiguration>());
        var calls = factory.ApplicationServices.GetRequiredService<GrainCalls>();
        return async context =>
        {
            if (exemptLoopback && context.HttpContext.IsFromThisMachine())
                return await next(context);

            var decision = await calls.Call(grains => grains.GetGrain<TLimit>(SourceNetwork.Of(context.HttpContext.SourceAddress())).Take());
            if (decision.IsAdmitted)
                return await next(context);
            _limited.Add(1, new KeyValuePair<string, object?>("policy", policy));
            return Problem.TooManyRequests("Too many requests came from this address.", new(policy, decision.Quota, decision.Window, decision.RetryAfter));
        };
    });
}
