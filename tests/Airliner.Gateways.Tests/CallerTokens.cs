using Airliner.Contracts;
using Airliner.Contracts.Auth;
using Airliner.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Airliner.Gateways.Tests;

internal static class CallerTokens
{
    /// <summary>A new token of each <see cref="CallerKind"/>, in their order; null of who has none. The user's is <paramref name="user"/>'s, and the operator's too.</summary>
    public static async Task<string?[]> OfEachKindAsync(RunningSystem system, Account user)
    {
        var operatorTokens = await system.Silo.GetRequiredService<IGrainFactory>().GetGrain<IUserSessionsGrain>(user.UserId)
            .Open(new OpenSession(user.Username, [Roles.User, Roles.Operator], "127.0.0.1", "test", WithRefresh: false));
        return
        [
            null, await system.LogInAsync(user.Username, user.Password), operatorTokens!.AccessToken, await system.AdminTokenAsync(),
            await system.ServiceTokenAsync(),
        ];
    }
}
