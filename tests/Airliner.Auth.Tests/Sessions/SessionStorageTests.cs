using Airliner.Auth.Silo.Storage;
using Airliner.Contracts.Auth;
using Airliner.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Orleans.Core.Internal;
using Xunit;

namespace Airliner.Auth.Tests.Sessions;

/// <summary>What is left of sessions in their table, on a real silo and database.</summary>
public sealed class SessionStorageTests(RunningSystem system)
{
    private static long _lastUser = 6_000_000_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sessions_are_read_as_they_were_written()
    {
        var user = NewUser();
        var opened = await OpenAsync(user);
        await user.Refresh(new RefreshSession(new RefreshCommand("command-1", opened.RefreshToken!, "::1", "agent \"é\""), "ada", ["user"]));
        await user.Open(new OpenSession("ada", ["user"], "127.0.0.1", "", WithRefresh: false));
        var before = await user.List();

        await user.AsReference<IGrainManagementExtension>().DeactivateOnIdle();

        Assert.Equal(before, await user.List());
        Assert.Equal(("::1", "agent \"é\""), (before[1].SourceAddress, before[1].UserAgent));
    }

    [Fact]
    public async Task Users_whose_sessions_have_all_expired_are_swept_and_may_come_back()
    {
        var (gone, here) = (NewUser(), NewUser());
        await OpenAsync(gone);
        await OpenAsync(here);
        await gone.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        await ExecuteAsync("update user_sessions set expires_at = now() - interval '2 hours' where id = $1", gone);

        await system.Silo.GetServices<IHostedService>().OfType<SessionSweep>().Single().SweepAsync(Token);

        Assert.Equal(1, await ExecuteAsync("update user_sessions set id = id where id = $1 and sessions = '[]' and expires_at is null", gone));
        Assert.Empty(await gone.List());
        Assert.Single(await here.List());
        await OpenAsync(gone);
        Assert.Single(await gone.List());
    }

    private static async Task<IssuedTokens> OpenAsync(IUserSessionsGrain user) =>
        (await user.Open(new OpenSession("ada", ["user"], "127.0.0.1", "test", WithRefresh: true)))!;

    private IUserSessionsGrain NewUser() => system.Silo.GetRequiredService<IGrainFactory>().GetGrain<IUserSessionsGrain>(Interlocked.Increment(ref _lastUser));

    private async Task<int> ExecuteAsync(string sql, IUserSessionsGrain user)
    {
        await using var command = system.Silo.GetRequiredKeyedService<NpgsqlDataSource>("auth").CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = user.GetPrimaryKeyLong() });
        return await command.ExecuteNonQueryAsync(Token);
    }
}
