using Airliner.Contracts.Notifications;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Airliner.Notifications.Grains.Providers;

/// <summary>Asks the providers of a channel in their order, which is that of their registration. Where one fails the next takes over at once.</summary>
internal sealed class ChannelRouter : IDisposable
{
    /// <summary>How much longer than its providers may take an attempt lasts: for the commit after it, and for clocks that differ.</summary>
    private static readonly TimeSpan _margin = TimeSpan.FromSeconds(15);

    private readonly ILookup<string, ProviderCircuit> _circuits;
    private readonly Dictionary<string, ChannelRoom> _room;
    private readonly TimeSpan _sendTimeout;

    public ChannelRouter(
        IEnumerable<IChannelProvider> providers, BreakerOptions breaker, IOptions<DeliveryOptions> delivery, TimeProvider time, ILogger<ChannelRouter> log)
    {
        _sendTimeout = delivery.Value.SendTimeout;
        _circuits = providers.ToLookup(provider => provider.Channel, provider => new ProviderCircuit(provider, breaker, _sendTimeout, time, log));
        _room = _circuits.ToDictionary(channel => channel.Key, channel => new ChannelRoom(channel.Min(circuit => circuit.Provider.MostAtOnce)));
        foreach (var circuit in _circuits.SelectMany(channel => channel))
            ProviderInstruments.Watch(circuit);
    }

    /// <summary>Whether the channel has a provider.</summary>
    public bool Serves(string channel) => _circuits.Contains(channel);

    /// <summary>How long an attempt may take until its outcome is committed, from the moment when the first provider of the channel is asked.</summary>
    public TimeSpan LongestAttempt(string channel) => _circuits[channel].Count() * _sendTimeout + _margin;

    /// <summary>
    /// Hands the notification to the first provider that takes it. One that refuses it ends the round: it is the notification that is wrong. Where none has a way to the
    /// recipient it is refused as well. While the channel has as much under way as its narrowest provider takes at once, it waits, security's before all others: that is no
    /// provider's time.
    /// </summary>
    /// <param name="claim">What has to be done before the first provider is asked; where it fails, none is.</param>
    public async Task<DeliveryRound> DeliverAsync(string channel, OutgoingNotification notification, Func<Task>? claim = null)
    {
        var room = _room[channel];
        await room.EnterAsync(notification.Category == NotificationCategories.Security);
        try
        {
            if (claim is not null)
                await claim();
            return await AskAsync(channel, notification);
        }
        finally
        {
            room.Leave();
        }
    }

    /// <summary>Removes what the channel's providers still hold of a notification.</summary>
    public Task RemoveAsync(string channel, long notificationId) => Task.WhenAll(_circuits[channel].Select(circuit => circuit.Provider.RemoveAsync(notificationId)));

    public void Dispose()
    {
        foreach (var circuit in _circuits.SelectMany(channel => channel))
            ProviderInstruments.Unwatch(circuit);
    }

    private async Task<DeliveryRound> AskAsync(string channel, OutgoingNotification notification)
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
}
