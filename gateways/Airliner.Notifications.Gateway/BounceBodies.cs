using System.Globalization;
using System.Text.RegularExpressions;
using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using FluentValidation;

namespace Airliner.Notifications.Gateway;

/// <summary>Mails that came back.</summary>
internal sealed record BouncesBody(IReadOnlyList<BounceBody>? Bounces);

/// <summary>A mail that came back: it names its notification, by either id, an address, or both.</summary>
/// <param name="MessageId">The mail's <c>Message-Id</c>, with or without its angle brackets. That of somebody else's mail names none.</param>
internal sealed partial record BounceBody([property: OpaqueId] long? NotificationId, string? MessageId, string? Address, string? Type, string? Reason)
{
    public Bounce ToBounce()
    {
        var (id, domain, round) = NotificationId is null ? NotificationOf(MessageId) : (NotificationId, null, null);
        return new(id, string.IsNullOrWhiteSpace(Address) ? null : Address.Trim(), Type!, Reason ?? "no reason was told", domain, round);
    }

    /// <summary>Whether it says what came back.</summary>
    public bool NamesSomething => NotificationId > 0 || !string.IsNullOrWhiteSpace(MessageId) || !string.IsNullOrWhiteSpace(Address);

    /// <summary>Whose domain ours is, the notifications' silos know.</summary>
    private static (long? Id, string? Domain, int? Round) NotificationOf(string? messageId)
    {
        var match = OurMessageId().Match(messageId ?? "");
        if (!long.TryParse(match.Groups["id"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            return (null, null, null);
        var round = match.Groups["round"] is { Success: true } redriven ? int.Parse(redriven.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : (int?)null;
        return (id, match.Groups["domain"].Value, round);
    }

    /// <summary>The first mail's, and that of one that was redriven, which has its round behind its id.</summary>
    [GeneratedRegex(@"^\s*<?notification-(?<id>[0-9]+)(-(?<round>[0-9]{1,9}))?@(?<domain>[^>\s]+)>?\s*$")]
    private static partial Regex OurMessageId();
}

/// <summary>What a body of bounces must fulfil.</summary>
internal sealed class BouncesRules : AbstractValidator<BouncesBody>
{
    private const int Most = 1000;
    private const int LongestAddress = 320;
    private const int LongestMessageId = 998;
    private const int LongestReason = 4000;

    public BouncesRules()
    {
        RuleFor(body => body.Bounces).Must(bounces => bounces is { Count: >= 1 and <= Most } && bounces.All(bounce => bounce is not null))
            .WithMessage($"must be a list of 1 to {Most} objects.").OverridePropertyName("bounces");
        RuleForEach(body => body.Bounces).Must(bounce => bounce is null || BounceTypes.All.Contains(bounce.Type))
            .WithMessage($"needs a type, one of {string.Join(", ", BounceTypes.All)}.").OverridePropertyName("bounces");
        RuleForEach(body => body.Bounces).Must(bounce => bounce is null || bounce.NamesSomething)
            .WithMessage("needs a notificationId from 1, a messageId or an address.").OverridePropertyName("bounces");
        RuleForEach(body => body.Bounces)
            .Must(bounce => Fits(bounce?.Address, LongestAddress) && Fits(bounce?.MessageId, LongestMessageId) && Fits(bounce?.Reason, LongestReason))
            .WithMessage($"must have no NUL, an address of at most {LongestAddress} characters, a messageId of {LongestMessageId}, and a reason of {LongestReason}.")
            .OverridePropertyName("bounces");
    }

    private static bool Fits(string? text, int longest) => text is null || (text.Length <= longest && !text.Contains('\0', StringComparison.Ordinal));
}
