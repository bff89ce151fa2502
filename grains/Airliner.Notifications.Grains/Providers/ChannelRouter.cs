using Airliner.Contracts.Notifications;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Airliner.Notifications.Grains.Providers;

/// <summary>Asks the providers of a channel in their order, which is that of their registration. Where one fails the next takes over at once.</summary>
internal sealed class ChannelRouter : IDisposable
{
    private readonly ILookup<string, ProviderCircuit> _circuits;

    public ChannelRouter(
        IEnumerable<IChannelProvider> providers, BreakerOptions breaker, IOptions<DeliveryOptions> delivery, TimeProvider time, ILogger<ChannelRouter> log)
    {
        _circuits = providers.ToLookup(
            provider => provider.Channel, provider => new ProviderCircuit(provider, breaker, delivery.Value.SendTimeout, time, log));
        foreach (var circuit in _circuits.SelectMany(channel => channel))
            ProviderInstruments.Watch(circuit);
    }

    /// <summary>Whether the channel has a provider.</summary>
    public bool Serves(string channel) => _circuits.Contains(channel);

    /// <summary>
    /// Hands the notification to the first provider that takes it. One that refuses it ends the round: it is the notification that is wrong. Where none has a way to the
    /// recipient it is refused as well.
    /// </summary>
    public async Task<DeliveryRound> DeliverAsync(string channel, OutgoingNotification notification)
    {
        var attempts = new List<DeliveryAttempt>();
        var (outcome, retryAfter) = (DeliveryOutcome.Refused, TimeSpan.MaxValue);
        foreach (var circuit in _circuits[channel])
        {
            var tried = await circuit.TryAsync(notification);
            attempts.Add(tried.Attempt);
            if (tried.Outcome is DeliveryOutcome.Sent or DeliveryOutcome.Refused)
                return new(tried.Outcome, attempts);
            if (tried.Outcome == DeliveryOutcome.Unreachable)
                continue;
            outcome = DeliveryOutcome.Failed;
            retryAfter = retryAfter < tried.RetryAfter ? retryAfter : tried.RetryAfter;
        }

        return outcome == DeliveryOutcome.Failed ? new(outcome, attempts, retryAfter) : new(outcome, attempts);
    }

    /// <summary>Removes what the channel's providers still hold of a notification.</summary>
    public Task RemoveAsync(string channel, long notificationId) => Task.WhenAll(_circuits[channel].Select(circuit => circuit.Provider.RemoveAsync(notificationId)));

    public void Dispose()
    {
        foreach (var circuit in _circuits.SelectMany(channel => channel))
            ProviderInstruments.Unwatch(circuit);
    }
}
