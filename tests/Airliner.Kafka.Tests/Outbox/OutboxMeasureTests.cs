using Airliner.Kafka.Outbox;
using Airliner.Testing;
using Xunit;

namespace Airliner.Kafka.Tests.Outbox;

/// <summary>What is told of an outbox's backlog.</summary>
public sealed class OutboxMeasureTests(PostgresServer postgres)
{
    [Fact]
    public async Task All_that_the_service_has_is_counted_whoever_is_to_publish_it_and_the_oldest_is_found()
    {
        await using var database = await OutboxDatabase.CreateAsync(postgres);
        var rows = new OutboxRows(database.Source, "a");
        Assert.Equal((0L, null), await rows.MeasureAsync(TestContext.Current.CancellationToken));

        await database.CommitAsync("a", Raised.One("topic", "things/1", 1, Raised.Time.AddMinutes(1)));
        await database.CommitAsync("b", Raised.One("topic", "things/2", 1, Raised.Time), Raised.One("topic", "things/2", 2, Raised.Time.AddMinutes(2)));

        Assert.Equal((3L, Raised.Time), await rows.MeasureAsync(TestContext.Current.CancellationToken));
    }
}
