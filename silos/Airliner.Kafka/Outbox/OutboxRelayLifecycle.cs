namespace Airliner.Kafka.Outbox;

/// <summary>
/// Starts a relay with its silo, and stops it after the grains and the tables have stopped: until then they raise events, which nobody else would
/// publish before this silo counts as dead.
/// </summary>
internal sealed class OutboxRelayLifecycle(string service, OutboxRelay relay) : ILifecycleParticipant<ISiloLifecycle>
{
    public void Participate(ISiloLifecycle observer) => observer.Subscribe(
        $"outbox-{service}",
        ServiceLifecycleStage.RuntimeGrainServices,
        _ =>
        {
            relay.Start();
            return Task.CompletedTask;
        },
        relay.StopAsync);
}
