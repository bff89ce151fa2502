using System.Net;
using Airliner.Persistence.Postgres.Schema;
using Airliner.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime.MembershipService;
using Xunit;

namespace Airliner.Persistence.Postgres.Tests.AdoNet;

/// <summary>The membership protocol's contract with its table, kept through the provider by our queries.</summary>
public sealed class MembershipTableTests(PostgresServer server)
{
    private static readonly DateTime _start = new(2030, 1, 2, 3, 4, 5, 678, DateTimeKind.Utc);

    [Fact]
    public async Task A_cluster_starts_empty_however_many_silos_start_it()
    {
        var database = await CreateDatabaseAsync();

        var tables = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => OpenAsync(database)));

        var read = await tables[0].ReadAllAsync();
        Assert.Empty(read.Members);
        Assert.Equal(0, read.Version.Version);
    }

    [Fact]
    public async Task A_member_is_read_back_as_it_was_written()
    {
        var table = await OpenAsync(await CreateDatabaseAsync());
        var written = Member(1, SiloStatus.Active);
        Assert.True(await InsertAsync(table, written));
        written.Status = SiloStatus.Dead;
        written.SuspectTimes = [Tuple.Create(Address(2), _start.AddSeconds(9))];
        Assert.True(await UpdateAsync(table, written));

        var data = await table.ReadRowAsync(written.SiloAddress);

        Assert.Equal(2, data.Version.Version);
        var read = Assert.Single(data.Members).Item1;
        Assert.Equal(written.SiloAddress, read.SiloAddress);
        Assert.Equal(("silo-1", "host-1", 30001), (read.SiloName, read.HostName, read.ProxyPort));
        Assert.Equal(SiloStatus.Dead, read.Status);
        Assert.Equal((_start, _start), (read.StartTime, read.IAmAliveTime));
        Assert.Equal(DateTimeKind.Utc, read.StartTime.Kind);
        Assert.Equal(written.SuspectTimes, read.SuspectTimes);
    }

    [Fact]
    public async Task Writing_against_a_version_that_is_no_longer_current_is_false_and_changes_nothing()
    {
        var table = await OpenAsync(await CreateDatabaseAsync());
        var before = await table.ReadAllAsync();
        Assert.True(await table.InsertRowAsync(Member(1, SiloStatus.Joining), before.Version.Next()));

        Assert.False(await table.InsertRowAsync(Member(2, SiloStatus.Joining), before.Version.Next()));
        Assert.False(await table.UpdateRowAsync(Member(1, SiloStatus.Dead), before.Version.VersionEtag, before.Version.Next()));

        var after = await table.ReadAllAsync();
        Assert.Equal(1, after.Version.Version);
        Assert.Equal(SiloStatus.Joining, Assert.Single(after.Members).Item1.Status);
    }

    [Fact]
    public async Task A_member_that_is_there_cannot_be_inserted_nor_one_that_is_not_be_updated()
    {
        var table = await OpenAsync(await CreateDatabaseAsync());
        Assert.True(await InsertAsync(table, Member(1, SiloStatus.Active)));

        Assert.False(await InsertAsync(table, Member(1, SiloStatus.Joining)));
        Assert.False(await UpdateAsync(table, Member(2, SiloStatus.Dead)));

        var after = await table.ReadAllAsync();
        Assert.Equal(1, after.Version.Version);
        Assert.Equal(SiloStatus.Active, Assert.Single(after.Members).Item1.Status);
    }

    [Fact]
    public async Task Of_silos_that_join_at_once_each_version_lets_in_one()
    {
        var table = await OpenAsync(await CreateDatabaseAsync());
        for (var round = 0; round < 20; round++)
        {
            var next = (await table.ReadAllAsync()).Version.Next();
            var joined = await Task.WhenAll(Enumerable.Range(0, 4).Select(silo =>
                Task.Run(() => table.InsertRowAsync(Member(round * 4 + silo, SiloStatus.Joining), next))));

            Assert.Single(joined, true);
        }

        var after = await table.ReadAllAsync();
        Assert.Equal((20, 20), (after.Version.Version, after.Members.Count));
    }

    [Fact]
    public async Task Of_updates_at_once_each_version_lets_through_one_while_heartbeats_go_on()
    {
        var table = await OpenAsync(await CreateDatabaseAsync());
        var member = Member(1, SiloStatus.Active);
        Assert.True(await InsertAsync(table, member));
        for (var round = 1; round <= 20; round++)
        {
            var current = (await table.ReadAllAsync()).Version;
            var beat = Member(1, SiloStatus.Active);
            beat.IAmAliveTime = _start.AddSeconds(round);
            var beating = Task.Run(() => table.UpdateIAmAliveAsync(beat));
            var updated = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ =>
                Task.Run(() => table.UpdateRowAsync(member, current.VersionEtag, current.Next()))));
            await beating;

            Assert.Single(updated, true);
        }

        var after = await table.ReadAllAsync();
        Assert.Equal(21, after.Version.Version);
        Assert.Equal(_start.AddSeconds(20), Assert.Single(after.Members).Item1.IAmAliveTime);
    }

    [Fact]
    public async Task A_heartbeat_leaves_the_version_and_never_goes_back()
    {
        var table = await OpenAsync(await CreateDatabaseAsync());
        var member = Member(1, SiloStatus.Active);
        Assert.True(await InsertAsync(table, member));
        foreach (var seconds in new[] { 10, 5 })
        {
            member.IAmAliveTime = _start.AddSeconds(seconds);
            await table.UpdateIAmAliveAsync(member);
        }

        var after = await table.ReadAllAsync();
        Assert.Equal(1, after.Version.Version);
        Assert.Equal(_start.AddSeconds(10), Assert.Single(after.Members).Item1.IAmAliveTime);
    }

    [Fact]
    public async Task Cleaning_up_removes_the_members_that_have_long_been_dead_and_no_others()
    {
        var table = await OpenAsync(await CreateDatabaseAsync());
        foreach (var member in new[] { Member(1, SiloStatus.Dead), Member(2, SiloStatus.Active), Member(3, SiloStatus.Joining) })
            Assert.True(await InsertAsync(table, member));
        var suspected = Member(4, SiloStatus.Active);
        Assert.True(await InsertAsync(table, suspected));
        suspected.Status = SiloStatus.Dead;
        suspected.SuspectTimes = [Tuple.Create(Address(2), _start)];
        Assert.True(await UpdateAsync(table, suspected));
        var lately = Member(5, SiloStatus.Dead);
        lately.IAmAliveTime = _start.AddHours(2);
        Assert.True(await InsertAsync(table, lately));

        await table.CleanupDefunctSiloEntriesAsync(_start.AddHours(1));

        var after = await table.ReadAllAsync();
        Assert.Equal([2, 3, 5], after.Members.Select(member => member.Item1.SiloAddress.Generation).Order());
        Assert.Equal(6, after.Version.Version);
    }

    [Fact]
    public async Task Deleting_a_cluster_leaves_the_others()
    {
        var database = await CreateDatabaseAsync();
        var (one, two) = (await OpenAsync(database, "one"), await OpenAsync(database, "two"));
        Assert.True(await InsertAsync(one, Member(1, SiloStatus.Active)));
        Assert.True(await InsertAsync(two, Member(1, SiloStatus.Active)));

        await one.DeleteMembershipTableEntriesAsync("one");

        Assert.Single((await two.ReadAllAsync()).Members);
        Assert.Equal("two", await Sql.ScalarAsync<string>(database, "select string_agg(cluster_id, ',') from cluster_member"));
    }

    private static SiloAddress Address(int number) => SiloAddress.New(IPAddress.Loopback, 20000 + number, number);

    private static MembershipEntry Member(int number, SiloStatus status) => new()
    {
        SiloAddress = Address(number),
        SiloName = $"silo-{number}",
        HostName = $"host-{number}",
        Status = status,
        ProxyPort = 30000 + number,
        StartTime = _start,
        IAmAliveTime = _start,
    };

    private static async Task<bool> InsertAsync(AdoNetClusteringTable table, MembershipEntry member) =>
        await table.InsertRowAsync(member, (await table.ReadAllAsync()).Version.Next());

    private static async Task<bool> UpdateAsync(AdoNetClusteringTable table, MembershipEntry member)
    {
        var current = (await table.ReadAllAsync()).Version;
        return await table.UpdateRowAsync(member, current.VersionEtag, current.Next());
    }

    private static async Task<AdoNetClusteringTable> OpenAsync(string database, string cluster = "cluster")
    {
        var table = new AdoNetClusteringTable(
            new ServiceCollection().BuildServiceProvider(),
            Options.Create(new ClusterOptions { ClusterId = cluster }),
            Options.Create(new AdoNetClusteringSiloOptions { Invariant = "Npgsql", ConnectionString = database }),
            NullLogger<AdoNetClusteringTable>.Instance);
        await table.InitializeMembershipTableAsync(tryInitTableVersion: true);
        return table;
    }

    private Task<string> CreateDatabaseAsync() => server.CreateDatabaseAsync("membership", empty => Migrations.ApplyAsync(empty, MigrationSource.Clustering));
}
