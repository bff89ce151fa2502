namespace Airliner.Notifications.Grains.Templates;

/// <summary>A line of a digest.</summary>
/// <param name="Subject">What happened, rendered.</param>
/// <param name="At">When it happened.</param>
internal sealed record DigestItem(string Subject, string EventType, DateTimeOffset At);
