using Airliner.Contracts.Events;
using Airliner.EndToEnd.Tests.Rest;
using Airliner.Kafka.Embedded;

namespace Airliner.EndToEnd.Tests.Embedded;

/// <summary>The system with a broker that is somebody else's, and goes away.</summary>
public sealed class BrokerAwayTests(EmbeddedHost host) : EmbeddedTest(host)
{
    private readonly EmbeddedBroker _broker = EmbeddedBroker.Start(
        new EmbeddedBrokerOptions { Topics = Topics.AllWithDeadLetters });

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task A_broker_that_is_away_delays_events_and_no_request()
    {
        await Host.UpAsync("--kafka", _broker.BootstrapServers);
        await _broker.Faults.TakeDownAsync();

        var user = await Client.RegisterAndLogInAsync();
        var taskId = (await Client.CreateTaskAsync()).Expect(201)["task"].GetProperty("taskId").GetInt64();
        await Client.EndedAsync(taskId);
        (await Client.GetAsync(Client.Tasks, "/readyz")).Expect(200);
        Assert.Empty(await Client.NotificationsAsync());

        _broker.Faults.BringUp();
        using var kafka = new KafkaReader(_broker.BootstrapServers, Topics.Tasks);
        await kafka.UntilAsync(seen => seen.Exists(one => one.Key == $"{taskId}" && one.Type == "task_completed"), Patience, "the end of the task");
        // On a slow machine it also reports its progress.
        var types = kafka.Seen.Where(one => one.Key == $"{taskId}" && one.Type != "task_progressed").DistinctBy(one => one.Id).Select(one => one.Type);
        Assert.Equal(["task_created", "task_started", "task_completed"], types);
        await Client.SentAsync("user_registered", "email");
        Assert.Single(await Mails.SubjectsAsync(Host.MailFolder, user.Email), Mails.IsWelcome);
    }

    [Fact]
    public async Task It_stops_in_time_while_the_broker_is_away_and_publishes_after_the_next_start()
    {
        await Host.UpAsync("--kafka", _broker.BootstrapServers);
        await _broker.Faults.TakeDownAsync();
        await Client.RegisterAndLogInAsync();

        Assert.Equal(0, await Host.Process.StopAsync());
        await Host.UpAsync("--kafka", _broker.BootstrapServers);
        _broker.Faults.BringUp();

        await Client.SentAsync("user_registered", "email");
    }
}
