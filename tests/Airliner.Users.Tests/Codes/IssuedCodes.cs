using Airliner.Contracts.Users;
using Airliner.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Airliner.Users.Tests.Codes;

/// <summary>Looks into the silo: the codes that were issued, without waiting for their mails, and what is stored of them.</summary>
internal static class IssuedCodes
{
    public static IUserGrain UserGrain(this RunningSystem system, long userId) => system.Silo.GetRequiredService<IGrainFactory>().GetGrain<IUserGrain>(userId);

    /// <summary>The newest code, as its mail would have it.</summary>
    public static async Task<string> CodeAsync(this RunningSystem system, long userId, CodePurpose purpose)
    {
        var slot = purpose == CodePurpose.PasswordReset ? "reset" : "verification";
        var codeId = await system.ValueAsync<string>($"select codes -> '{slot}' -> 'code' ->> 'codeId' from users where id = {userId}");
        return (await system.UserGrain(userId).GetCode(purpose, codeId))!.Code;
    }

    /// <summary>How often the user was written, and the tries that the newest code still has.</summary>
    public static async Task<(long Version, int TriesLeft)> TriesAsync(this RunningSystem system, long userId, string slot) => (
        await system.ValueAsync<long>($"select version from users where id = {userId}"),
        await system.ValueAsync<int>($"select (codes -> '{slot}' -> 'code' ->> 'triesLeft')::int from users where id = {userId}"));

    /// <summary>One value of the users' database.</summary>
    public static async Task<T> ValueAsync<T>(this RunningSystem system, string sql)
    {
        await using var command = system.Silo.GetRequiredKeyedService<NpgsqlDataSource>("users").CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
