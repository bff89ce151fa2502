namespace Airliner.Kafka.Consumers;

/// <summary>Reads events while the silo is active: begins last, and ends first.</summary>
internal sealed class EventConsumerLifecycle(ConsumerLoop loop, Task topicsReady) : ILifecycleParticipant<ISiloLifecycle>
{
    public void Participate(ISiloLifecycle observer) => observer.Subscribe(
        $"events-{loop.Group}",
        ServiceLifecycleStage.Active,
        _ =>
        {
            loop.Start(topicsReady);
            return Task.CompletedTask;
        },
        _ => loop.DisposeAsync().AsTask());
}
