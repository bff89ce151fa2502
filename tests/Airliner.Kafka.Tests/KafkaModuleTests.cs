using Airliner.Embedded;
using Airliner.Kafka.Tests.Brokers;
using Airliner.Kafka.Tests.Consumers;
using Airliner.Kafka.Tests.Outbox;
using Airliner.Persistence.Postgres.Outbox;
using Airliner.Persistence.Postgres.Records;
using Airliner.Persistence.Postgres.Schema;
using Airliner.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Airliner.Kafka.Tests;

/// <summary>The parts together, in a silo.</summary>
public sealed class KafkaModuleTests(EmbeddedKafka kafka, PostgresServer postgres)
{
    [Fact]
    public async Task A_silo_publishes_what_another_left_and_what_its_grains_raise_and_consumes_it()
    {
        await kafka.UseAsync();
        var topic = await kafka.TopicAsync("silo");
        await using var database = await OutboxDatabase.CreateAsync(postgres);
        await database.CommitAsync("127.0.0.1:11111@5", Raised.Many(topic, "things/0", 1, 3));
        await database.CommitAsync("no silo is called this", Raised.Many(topic, "things/1", 1, 3));
        var handler = new RecordingHandler($"group-{topic}", topic);
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(LoopbackPort.Free(), LoopbackPort.Free());
            // The steps of some service: this one has no tables of its own.
            silo.AddServiceDatabase("tests", database.ConnectionString, MigrationSource.Clustering);
            silo.AddOutboxRelay("tests");
            silo.Services.AddSingleton(handler);
            silo.AddEventConsumer<RecordingHandler>();
            silo.Services.Configure<KafkaOptions>(options =>
            {
                options.BootstrapServers = kafka.BootstrapServers;
                options.BrokerForgets = true;
            });
        });
        using var host = builder.Build();

        await host.StartAsync();
        await handler.HasHandledAsync(6);
        var relay = host.Services.GetRequiredKeyedService<IOutboxRelay>("tests");
        await database.RaiseAsync(relay, Raised.Many(topic, "things/0", 4, 6));
        await handler.HasHandledAsync(9);
        await Eventually.Is(0, async () => (await database.RowsAsync()).Count);
        await host.StopAsync();

        Assert.Matches(@"^127\.0\.0\.1:\d+@\d+$", relay.Owner);
        Assert.Equal([1, 2, 3, 4, 5, 6], handler.Sequences()["things/0"]);
        Assert.Equal([1, 2, 3], handler.Sequences()["things/1"]);
        await database.RaiseAsync(relay, Raised.One(topic, "things/0", 7));
        Assert.Equal([$"things/0 7 {relay.Owner}"], await database.RowsAsync());
    }
}
