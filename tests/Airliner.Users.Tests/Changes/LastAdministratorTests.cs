using Airliner.Contracts;
using Airliner.Contracts.Users;
using Airliner.Persistence.Postgres.Outbox;
using Airliner.Persistence.Postgres.Records;
using Airliner.Persistence.Postgres.Schema;
using Airliner.Testing;
using Airliner.Users.Grains;
using Airliner.Users.Grains.Codes;
using Airliner.Users.Grains.Passwords;
using Airliner.Users.Silo;
using Airliner.Users.Silo.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans.Runtime.Placement;
using Orleans.TestingHost;
using Xunit;

namespace Airliner.Users.Tests.Changes;

/// <summary>Administrators who take each other's place away, in two silos with a database of their own.</summary>
public sealed class LastAdministratorTests(RunningSystem system) : IAsyncLifetime
{
    private const int Administrators = 8;

    private string _connectionString = "";
    private InProcessTestCluster _cluster = null!;

    public async ValueTask InitializeAsync()
    {
        _connectionString = await system.Postgres.CreateDatabaseAsync();
        var builder = new InProcessTestClusterBuilder(2);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddKeyedSingleton<IOutboxRelay>(UsersModule.Service, (_, _) => new RecordingRelay());
            silo.AddServiceDatabase(
                    UsersModule.Service,
                    _connectionString,
                    new MigrationSource(UsersModule.Service, typeof(UsersModule).Assembly, "Airliner.Users.Silo.Storage."))
                .AddRecords(UsersModule.Service, UserTable.Map);
            silo.Services.AddSingleton<IUserIndex, UserIndex>();
            silo.Services.AddSingleton(new PasswordPool(new PasswordPoolOptions()));
            silo.Services.AddSingleton(new OneTimeCodes(new byte[32]));
        });
        _cluster = builder.Build();
        await _cluster.DeployAsync();
        for (var i = 0; i < Administrators; i++)
        {
            // Half of them in each silo.
            RequestContext.Set(IPlacementDirector.PlacementHintKey, _cluster.Silos[i % 2].SiloAddress);
            await _cluster.Client.GetGrain<IUserGrain>(1000 + i).Create(
                new CreateUser($"command-{i}", $"admin-{i}", $"admin-{i}@example.com", "$argon2id$", "Ada", "Byron", null, [Roles.User, Roles.Admin]));
        }

        RequestContext.Clear();
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Of_many_who_are_taken_away_at_once_one_stays()
    {
        var placed = await _cluster.Client.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
        Assert.Equal(2, placed.Where(grain => grain.GrainId.Type == GrainType.Create("user")).Select(grain => grain.SiloAddress).Distinct().Count());

        for (var round = 0; round < 10; round++)
        {
            var results = await Task.WhenAll(Enumerable.Range(0, Administrators).Select(i => TakeAwayAsync(1000 + i, byRole: (i + round) % 3 > 0)));

            Assert.Single(results, result => result.Outcome == UserChangeOutcome.LastAdministrator);
            Assert.Equal(Administrators - 1, results.Count(result => result.Outcome == UserChangeOutcome.Changed));
            var left = await Task.WhenAll(Enumerable.Range(0, Administrators).Select(i => _cluster.Client.GetGrain<IUserGrain>(1000 + i).Get()));
            Assert.Single(left, user => user!.Status == UserStatus.Active && user.Roles.Contains(Roles.Admin));
            await Task.WhenAll(Enumerable.Range(0, Administrators).Select(i => GiveBackAsync(1000 + i)));
        }
    }

    [Fact]
    public async Task Of_many_who_are_deleted_at_once_one_stays()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, Administrators).Select(i => User(1000 + i).Delete(new DeleteUser(CommandId))));

        Assert.Single(results, result => result.Outcome == UserChangeOutcome.LastAdministrator);
        Assert.Equal(Administrators - 1, results.Count(result => result.Outcome == UserChangeOutcome.Changed));
    }

    [Fact]
    public async Task The_last_one_cannot_be_deleted_either()
    {
        await using var database = NpgsqlDataSource.Create(_connectionString);
        await using var others = database.CreateCommand("delete from users where id > 1000");
        Assert.Equal(Administrators - 1, await others.ExecuteNonQueryAsync());

        await using var last = database.CreateCommand("delete from users where id = 1000");
        var error = await Assert.ThrowsAsync<PostgresException>(last.ExecuteNonQueryAsync);

        Assert.Equal("users_last_administrator", error.ConstraintName);
    }

    /// <summary>By the user's own grain: there are no sessions here that would end.</summary>
    private IUserGrain User(long userId) => _cluster.Client.GetGrain<IUserGrain>(userId);

    private static string CommandId => $"{Guid.NewGuid():n}";

    private Task<UserChangeResult> TakeAwayAsync(long userId, bool byRole) => byRole
        ? User(userId).SetRoles(new SetUserRoles(CommandId, [Roles.User]))
        : User(userId).SetStatus(new SetUserStatus(CommandId, UserStatus.Disabled));

    private async Task GiveBackAsync(long userId)
    {
        await User(userId).SetRoles(new SetUserRoles(CommandId, [Roles.Admin]));
        await User(userId).SetStatus(new SetUserStatus(CommandId, UserStatus.Active));
    }
}
