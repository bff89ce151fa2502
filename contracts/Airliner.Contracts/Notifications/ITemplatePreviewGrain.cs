namespace Airliner.Contracts.Notifications;

/// <summary>Renders notifications of sample data, for those who write templates. Any key.</summary>
[Alias("airliner.ITemplatePreviewGrain")]
public interface ITemplatePreviewGrain : IGrainWithIntegerKey
{
    /// <summary>What a notification would say. Nothing of any user is in it but what the command brings.</summary>
    [Alias("Render")]
    Task<PreviewResult> Render(PreviewNotification command);
}

/// <summary>Asks for a preview.</summary>
/// <param name="EventType">The type of an event that is told of, or <c>digest</c>.</param>
/// <param name="Channel">One of <see cref="Channels"/>.</param>
/// <param name="Locale">A BCP 47 tag; the next that has templates is taken.</param>
/// <param name="Data">The event's value, a JSON object of at most <see cref="MaxDataLength"/> characters; null for the type's sample.</param>
/// <param name="Subject">The source of a part in place of the library's, of at most <see cref="MaxSourceLength"/> characters; null for the library's.</param>
/// <param name="Text">The same, of another part.</param>
/// <param name="Html">The same, of another part.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.PreviewNotification")]
public sealed record PreviewNotification(
    [property: Id(0)] string EventType,
    [property: Id(1)] string Channel,
    [property: Id(2)] string Locale,
    [property: Id(3)] string? Data = null,
    [property: Id(4)] string? Subject = null,
    [property: Id(5)] string? Text = null,
    [property: Id(6)] string? Html = null)
{
    /// <summary>The longest JSON of data, in characters.</summary>
    public const int MaxDataLength = 64 * 1024;

    /// <summary>The longest source of a template, in characters.</summary>
    public const int MaxSourceLength = 64 * 1024;
}

/// <summary>A preview, or what is wrong with what was asked for.</summary>
/// <param name="Member">The member of the request that is wrong, for example <c>template.html</c>; null where there is a preview.</param>
/// <param name="Complaint">What is wrong with it, with the line where that is known.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.PreviewResult")]
public sealed record PreviewResult([property: Id(0)] NotificationPreview? Preview, [property: Id(1)] string? Member = null, [property: Id(2)] string? Complaint = null);

/// <summary>What a notification would say.</summary>
/// <param name="Locale">The locale whose templates were rendered.</param>
/// <param name="Subject">One line; of an SMS the text's, which has no other.</param>
/// <param name="Text">The text; in the inbox the same as the subject.</param>
/// <param name="Html">A mail's HTML part; null in the other channels.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.NotificationPreview")]
public sealed record NotificationPreview(
    [property: Id(0)] string EventType,
    [property: Id(1)] string Channel,
    [property: Id(2)] string Locale,
    [property: Id(3)] string Subject,
    [property: Id(4)] string Text,
    [property: Id(5)] string? Html);
