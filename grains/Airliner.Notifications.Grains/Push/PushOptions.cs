namespace Airliner.Notifications.Grains.Push;

/// <summary>How messages are pushed to browsers, and to how many: the section <c>Push</c>.</summary>
internal sealed class PushOptions
{
    /// <summary>Subscriptions of one user.</summary>
    public int MostPerUser { get; set; } = 20;

    /// <summary>How long a push service keeps a message for a browser that is away (<c>TTL</c>, RFC 8030 §5.2).</summary>
    public TimeSpan TimeToLive { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long a push service may take to answer; less than a whole delivery may last.</summary>
    public TimeSpan AnswersWithin { get; set; } = TimeSpan.FromSeconds(15);
}
