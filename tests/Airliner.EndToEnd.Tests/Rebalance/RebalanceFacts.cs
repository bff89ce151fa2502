using System.Globalization;
using Airliner.Contracts.Events;
using Airliner.EndToEnd.Tests.Cluster;
using Airliner.EndToEnd.Tests.Processes;
using Airliner.EndToEnd.Tests.Rest;
using Airliner.Testing;
using Npgsql;

namespace Airliner.EndToEnd.Tests.Rebalance;

/// <summary>Three notification silos as processes of their own, of which some are lost while events come, on every broker that the product runs with.</summary>
public abstract class RebalanceFacts(PostgresServer postgres) : IAsyncLifetime
{
    private const int Events = 4_000;

    private static readonly TimeSpan _startTime = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("airliner-rebalance-").FullName;
    private readonly List<SiloRun> _runs = [];
    private ClusterPlan _plan = null!;
    private SystemProcess? _users;
    private NpgsqlDataSource? _notifications;

    /// <summary>Where the broker is, once it was started.</summary>
    protected abstract string Brokers { get; }

    public async ValueTask InitializeAsync()
    {
        await StartBrokerAsync();
        _plan = await ClusterPlan.MakeAsync(postgres, _folder, Brokers);
        _notifications = NpgsqlDataSource.Create(_plan.DatabaseOf(Service.Notifications));
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        FailureLog.WriteIfFailed(string.Concat(_runs.Select(run => run.Process.Log)));
        foreach (var run in _runs)
            await run.DisposeAsync();
        if (_users is not null)
            await _users.DisposeAsync();
        if (_notifications is not null)
            await _notifications.DisposeAsync();
        await StopBrokerAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Nothing_is_lost_and_nothing_visible_repeated_while_silos_are_killed_stopped_and_started()
    {
        _users = _plan.StartSilo(Service.Users);
        var (first, second, third) = (Start(), Start(), Start());
        foreach (var run in _runs)
            await run.ReadyAsync(_startTime);
        var load = new EventLoad(Brokers, await AdministratorAsync());
        var producing = load.RunAsync(Events);

        await ToldOfAsync(Events / 10);
        await first.Process.KillAsync();
        Start();
        await ToldOfAsync(3 * Events / 10);
        Assert.Equal(0, await second.Process.StopAsync());
        Start();
        await ToldOfAsync(6 * Events / 10);
        await third.Process.KillAsync();
        Start();
        await producing;

        var expected = load.Expected.ToHashSet();
        var told = await Eventually.Get(
            async () => (await NotificationsAsync()).Where(one => expected.Contains((one.EventId, one.Channel))).ToList(),
            all => all.Count >= expected.Count && all.TrueForAll(one => one.Status == "sent"),
            _patience,
            "every event has all of its notifications, and all are sent");
        Assert.Equal(expected.Count, told.Count);
        Assert.Empty((await NotificationsAsync()).IntersectBy(load.PassedOver, one => one.EventId));
        AssertMails(told.Where(one => one.Channel == "email"));
        await AssertEventsAsync(told);
        await AssertDeadLettersAsync(await load.PoisonAsync());
    }

    protected abstract Task StartBrokerAsync();

    protected abstract Task StopBrokerAsync();

    /// <summary>Each was mailed, and again only where the silo that had mailed it was killed before it could write that down.</summary>
    private void AssertMails(IEnumerable<Told> told)
    {
        var mails = _runs.SelectMany(run => run.Mails.Taken.Select(mail => (mail.MessageId, mail.At, run.WasKilled)))
            .ToLookup(mail => mail.MessageId.Split('@')[0]);
        Assert.All(told, one => Assert.NotEmpty(mails[$"notification-{one.Id}"]));
        Assert.All(mails, mailed => Assert.All(mailed.OrderByDescending(mail => mail.At).Skip(1), repeated => Assert.True(repeated.WasKilled, $"{mailed.Key} was mailed twice.")));
    }

    /// <summary>Other systems hear of each once, whatever was published again.</summary>
    private async Task AssertEventsAsync(List<Told> told)
    {
        using var kafka = new KafkaReader(Brokers, Topics.Notifications);
        var ids = told.Select(one => one.Id).ToHashSet();
        await kafka.UntilAsync(
            seen => seen.Count >= told.Count && OfIds(seen).DistinctBy(one => one.Id).Count() >= told.Count, _patience, "notification_sent of every notification");
        Assert.All(OfIds(kafka.Seen).GroupBy(NotificationOf), events => Assert.Single(events.DistinctBy(one => one.Id)));

        IEnumerable<SeenEvent> OfIds(List<SeenEvent> seen) => seen.Where(one => one.Type == "notification_sent" && ids.Contains(NotificationOf(one)));
    }

    /// <summary>What nobody can handle is there with the reason and its origin, again only by a batch that was read anew, and nothing else is.</summary>
    private async Task AssertDeadLettersAsync(Poison[] poison)
    {
        using var kafka = new DeadLetterReader(Brokers);
        var letters = (await kafka.ReadAsync(poison.Length, _patience)).ToLookup(letter => letter.Origin);
        Assert.Equal(poison.Select(one => one.Origin).Order(StringComparer.Ordinal), letters.Select(letter => letter.Key).Order(StringComparer.Ordinal));
        Assert.All(poison, one => Assert.All(letters[one.Origin], letter =>
        {
            Assert.Equal((one.Letters, "notification-service-group", one.Value), (letter.Topic, letter.Group, letter.Value));
            Assert.Contains(one.Reason, letter.Reason, StringComparison.Ordinal);
        }));
    }

    private static long NotificationOf(SeenEvent seen) => long.Parse(seen.Json.GetProperty("notificationId").GetString()!, CultureInfo.InvariantCulture);

    private SiloRun Start()
    {
        var run = SiloRun.Start(_plan);
        _runs.Add(run);
        return run;
    }

    private Task ToldOfAsync(int events) => Eventually.Get(
        async () => (await NotificationsAsync()).Count(one => one.Channel == "inapp"), count => count >= events, _patience, $"{events} events have their effect");

    private async Task<List<Told>> NotificationsAsync()
    {
        var all = new List<Told>();
        await using var command = _notifications!.CreateCommand("select id, event_id, channel, status from notifications");
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            all.Add(new(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3)));
        return all;
    }

    /// <summary>The user whom all is told: it is there as soon as the user silo is.</summary>
    private async Task<long> AdministratorAsync()
    {
        await using var users = NpgsqlDataSource.Create(_plan.DatabaseOf(Service.Users));
        await using var command = users.CreateCommand("select min(id) from users");
        return await Eventually.Get(AskAsync, id => id > 0, _startTime, "the first administrator is made");

        async Task<long> AskAsync()
        {
            try
            {
                return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken) is long id ? id : 0;
            }
            catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.UndefinedTable)
            {
                return 0;
            }
        }
    }

    private sealed record Told(long Id, string EventId, string Channel, string Status);
}
