namespace Airliner.Contracts.Notifications;

/// <summary>Takes what mail providers tell of mails that came back. Any key.</summary>
[Alias("airliner.IBouncesGrain")]
public interface IBouncesGrain : IGrainWithIntegerKey
{
    /// <summary>Marks addresses, and notifications that came back. It can be repeated.</summary>
    [ResponseTimeout("00:00:30")]
    [Alias("Take")]
    Task Take(IReadOnlyList<Bounce> bounces);
}

/// <summary>A mail that came back. It names its notification, an address, or both.</summary>
/// <param name="Address">Where it went; where it is null, the notification knows.</param>
/// <param name="Type">One of <see cref="BounceTypes"/>.</param>
/// <param name="Reason">What the provider says of it, as people read it.</param>
/// <param name="MessageIdDomain">The domain of the <c>Message-Id</c> that named the notification; null where it was named otherwise. Another installation's names none of ours.</param>
/// <param name="Round">Which of the notification's mails it was, by that <c>Message-Id</c>: null for the one before any redrive.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.Bounce")]
public sealed record Bounce(
    [property: Id(0)] long? NotificationId, [property: Id(1)] string? Address, [property: Id(2)] string Type, [property: Id(3)] string Reason,
    [property: Id(4)] string? MessageIdDomain = null, [property: Id(5)] int? Round = null)
{
    /// <summary>Shows nobody's address.</summary>
    public override string ToString() => $"Bounce {{ {NotificationId} {Type} }}";
}

/// <summary>Why a mail came back.</summary>
public static class BounceTypes
{
    /// <summary>There is no such mailbox: no mail goes to the address any more.</summary>
    public const string Hard = "hard";

    /// <summary>A full mailbox or the like: it is counted, and changes nothing.</summary>
    public const string Soft = "soft";

    /// <summary>The recipient called it spam: security mails alone go to the address from now on.</summary>
    public const string Complaint = "complaint";

    public static IReadOnlyList<string> All { get; } = [Hard, Soft, Complaint];
}
