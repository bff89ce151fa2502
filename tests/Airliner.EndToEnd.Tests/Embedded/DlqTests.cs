using System.Text.Json;
using Airliner.Contracts.Events;
using Airliner.EndToEnd.Tests.Processes;
using Airliner.Testing;
using Confluent.Kafka;

namespace Airliner.EndToEnd.Tests.Embedded;

/// <summary><c>airliner dlq</c> beside the running system.</summary>
public sealed class DlqTests(EmbeddedHost host) : EmbeddedTest(host)
{
    private const string DeadLetters = $"{Topics.Tasks}.dlq";

    [Fact]
    public async Task A_poisoned_record_is_listed_shown_and_redriven()
    {
        await Host.UpAsync();
        var key = Guid.NewGuid().ToString("n");
        using (var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = Host.Brokers }).SetLogHandler((_, _) => { }).Build())
            await producer.ProduceAsync(Topics.Tasks, new Message<string, string> { Key = key, Value = $"poison of {key}" }, TestContext.Current.CancellationToken);

        // Each group that reads the topic gives it up by itself.
        var letters = await Eventually.Get(
            async () => (await JsonAsync("list")).EnumerateArray().Single(topic => topic.GetProperty("topic").GetString() == DeadLetters),
            topic => topic.GetProperty("letters").GetInt32() >= 2,
            Patience,
            "the record is among the dead letters");
        Assert.Contains("ce_specversion", letters.GetProperty("newest").GetProperty("reason").GetString(), StringComparison.Ordinal);
        var place = $"{letters.GetProperty("newest").GetProperty("partition")}:{letters.GetProperty("newest").GetProperty("offset")}";

        var letter = await JsonAsync("show", Topics.Tasks, place);
        Assert.Equal((key, $"poison of {key}"), (letter.GetProperty("key").GetString(), letter.GetProperty("value").GetString()));
        var headers = letter.GetProperty("headers").EnumerateArray().ToDictionary(header => header.GetProperty("name").GetString()!, header => header.GetProperty("value").GetString()!);
        Assert.Equal(Topics.Tasks, headers["dlq_topic"]);
        Assert.Contains("EventParser", headers["dlq_stack"], StringComparison.Ordinal);
        await SaysAsync(0, "EventParser", "show", Topics.Tasks, place);
        await SaysAsync(0, DeadLetters, "list");

        Assert.Equal(1, (await JsonAsync("redrive", Topics.Tasks)).GetProperty("redriven").GetInt32());

        // It is no better than it was, so its copy comes back, from each group.
        await Eventually.Get(
            async () => (await JsonAsync("list")).EnumerateArray().Single(topic => topic.GetProperty("topic").GetString() == DeadLetters),
            topic => topic.GetProperty("letters").GetInt32() >= 4,
            Patience,
            "the redriven records are among the dead letters again");
        await SaysAsync(0, $"1 of {Topics.Tasks} redriven.", "redrive", Topics.Tasks, place);
    }

    [Fact]
    public async Task What_is_not_there_is_told_in_one_line()
    {
        await Host.UpAsync();

        await SaysAsync(1, "There is no topic nothing.dlq", "redrive", "nothing");
        await SaysAsync(1, $"{DeadLetters} has no partition 12", "show", Topics.Tasks, "12:0");
        await SaysAsync(2, "PARTITION:OFFSET", "show", Topics.Tasks, "here");
        await SaysAsync(2, "dlq takes: list;", "empty");
        await SaysAsync(1, "Kafka at 127.0.0.1:1 does not answer", "list", "--kafka", "127.0.0.1:1");
    }

    private async Task<JsonElement> JsonAsync(params string[] words)
    {
        await using var dlq = Run([.. words, "--json"]);
        Assert.True(await dlq.ExitAsync(Patience) == 0, dlq.Output);
        return JsonElement.Parse(dlq.Output);
    }

    private async Task SaysAsync(int code, string what, params string[] words)
    {
        await using var dlq = Run(words);
        Assert.Equal(code, await dlq.ExitAsync(Patience));
        Assert.Contains(what, dlq.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", dlq.Output, StringComparison.Ordinal);
    }

    private SystemProcess Run(string[] words) =>
        SystemProcess.Start(Programs.Host, ["dlq", .. words, "--port-offset", $"{Host.PortOffset}"], new Dictionary<string, string>(), "dlq");
}
