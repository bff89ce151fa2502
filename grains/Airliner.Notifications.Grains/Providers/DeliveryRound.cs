using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains.Templates;

namespace Airliner.Notifications.Grains.Providers;

/// <summary>What one delivery came to: the channel's providers were asked in order, until one took the notification or refused it.</summary>
/// <param name="Attempts">What each came to, in order.</param>
/// <param name="RetryAfter">Of a failure: how long none of the providers wants to be asked again.</param>
internal sealed record DeliveryRound(DeliveryOutcome Outcome, IReadOnlyList<DeliveryAttempt> Attempts, TimeSpan RetryAfter = default);

/// <summary>What became of a notification that was handed over.</summary>
internal enum DeliveryOutcome
{
    /// <summary>A provider took it.</summary>
    Sent,

    /// <summary>It will never be taken.</summary>
    Refused,

    /// <summary>It was not taken now.</summary>
    Failed,

    /// <summary>The provider has no way to this recipient. Never what a whole round comes to.</summary>
    Unreachable,
}

/// <summary>Makes attempts as the table takes them: foreign texts on one line, without NUL, and not of any length.</summary>
internal static class Attempts
{
    private const int MaxTextLength = 1000;

    public static DeliveryAttempt Taken(DateTimeOffset at, string provider, string answer) => new(at, provider, null, SingleLine.Of(answer, MaxTextLength));

    public static DeliveryAttempt Failed(DateTimeOffset at, string provider, string error) => new(at, provider, SingleLine.Of(error, MaxTextLength), null);
}
