using Airliner.Contracts.Audit;
using Microsoft.AspNetCore.Builder;

namespace Airliner.ServiceDefaults.Requests;

/// <summary>Says once, for all calls that a request leads to, who sent it and from where.</summary>
public static class CallOrigins
{
    /// <summary>Lets the origin of each request, REST or gRPC, go along with its grain calls. After the defaults, which say who the caller is.</summary>
    public static void UseCallOrigin(this WebApplication app) => app.Use(async (http, next) =>
    {
        var caller = http.User.Identity is { IsAuthenticated: true } ? http.Caller() : null;
        new CallOrigin(caller?.UserId, caller is { UserId: null } ? caller.ClientId : null, http.SourceAddress(), http.UserAgent()).GoAlong();
        await next(http);
    });
}
