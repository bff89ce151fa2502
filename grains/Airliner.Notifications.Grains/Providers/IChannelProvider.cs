namespace Airliner.Notifications.Grains.Providers;

/// <summary>Hands the notifications of one channel to whoever carries them on. A channel has an ordered list of them.</summary>
internal interface IChannelProvider
{
    /// <summary>Which channel it serves, one of <see cref="Contracts.Notifications.Channels"/>.</summary>
    string Channel { get; }

    /// <summary>What it is, as a delivery attempt tells, for example <c>smtp://mail:1025</c>. Holds no secret.</summary>
    string Name { get; }

    /// <summary>How many notifications it takes at once, in one silo, at least 1. It is not given more: waiting for a connection would be part of the time that it has.</summary>
    int MostAtOnce => int.MaxValue;

    /// <summary>Hands the notification over; ends when the provider took it.</summary>
    /// <returns>What the provider answered.</returns>
    /// <exception cref="DeliveryRefusedException">It will never be taken, by nobody. Every other exception means: try again later, or elsewhere.</exception>
    /// <exception cref="RecipientUnreachableException">This recipient cannot be reached; others can.</exception>
    /// <exception cref="DeliveryDelayedException">Try again later, and not before the provider says.</exception>
    Task<string> SendAsync(OutgoingNotification notification, CancellationToken cancellationToken);

    /// <summary>Removes what is still here of a notification. What was handed over is beyond reach.</summary>
    Task RemoveAsync(long notificationId) => Task.CompletedTask;
}

/// <summary>A notification that will never be taken, however often it is tried.</summary>
internal sealed class DeliveryRefusedException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>A notification that was not taken now, by a provider that says when it may be asked again.</summary>
internal sealed class DeliveryDelayedException(string message, TimeSpan retryAfter) : Exception(message)
{
    /// <summary>How long the provider wants to be left alone.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}

/// <summary>A provider that works, and yet cannot reach this recipient; the next provider may.</summary>
/// <param name="mayBeTriedAgain">Whether it may be able to later.</param>
/// <param name="retryAfter">How long it wants to be left alone with this recipient.</param>
internal sealed class RecipientUnreachableException(string message, bool mayBeTriedAgain, TimeSpan retryAfter = default) : Exception(message)
{
    public bool MayBeTriedAgain => mayBeTriedAgain;

    public TimeSpan RetryAfter => retryAfter;
}
