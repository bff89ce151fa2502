using System.Globalization;
using System.Text.RegularExpressions;
using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using FluentValidation;

namespace Airliner.Notifications.Gateway;

/// <summary>New preferences as a whole: what is left out, or null, is as for a user who has said nothing.</summary>
/// <param name="QuietHours">By the clock of <paramref name="TimeZone"/>; null for none.</param>
/// <param name="Digest">Minutes over which mails are gathered into one, by category; null where each goes on its own.</param>
/// <param name="Phone">Where text messages go, in the form of E.164.</param>
internal sealed record PreferencesBody(ChannelsBody? Channels, string? Locale, string? TimeZone, QuietHours? QuietHours, DigestMinutes? Digest, string? Phone)
{
    /// <summary>The preferences that a checked body stands for.</summary>
    public NotificationPreferences ToPreferences()
    {
        var preset = NotificationPreferences.Default;
        return new()
        {
            Channels = preset.Channels with
            {
                Account = Channels?.Account is { } account ? [.. account.Distinct()] : preset.Channels.Account,
                Tasks = Channels?.Tasks is { } tasks ? [.. tasks.Distinct()] : preset.Channels.Tasks,
            },
            Locale = Locale is null ? preset.Locale : Canonical(Locale),
            TimeZone = TimeZone ?? preset.TimeZone,
            QuietHours = QuietHours,
            Digest = Digest is { Account: null, Tasks: null } ? null : Digest,
            Phone = Phone,
        };
    }

    /// <summary>As RFC 5646 §2.1.1 recommends to write it: <c>zh-Hant-TW</c>.</summary>
    private static string Canonical(string tag) => string.Join('-', tag.ToLowerInvariant().Split('-').Select((part, index) => (part.Length, index) switch
    {
        (2, > 0) => part.ToUpperInvariant(),
        (4, > 0) when char.IsLetter(part[0]) => CultureInfo.InvariantCulture.TextInfo.ToTitleCase(part),
        _ => part,
    }));
}

/// <summary>Channels by category: some of email, sms, push and inapp each.</summary>
/// <param name="Security">May be left out; where it is there, it is as it is shown.</param>
internal sealed record ChannelsBody(IReadOnlyList<string>? Security, IReadOnlyList<string>? Account, IReadOnlyList<string>? Tasks);

/// <summary>What new preferences must fulfil.</summary>
internal sealed partial class PreferencesRules : AbstractValidator<PreferencesBody>
{
    private static readonly IReadOnlyList<string> _security = CategoryChannels.Default.Security;

    public PreferencesRules()
    {
        RuleFor(body => body.Channels)
            .Must(channels => channels?.Security is not { } given || _security.ToHashSet().SetEquals(given))
            .WithMessage($"security notifications cannot be switched off: leave 'security' out, or as it is, {string.Join(" and ", _security)}.")
            .Must(channels => AreChannels(channels?.Account) && AreChannels(channels?.Tasks))
            .WithMessage($"'account' and 'tasks' must be lists of some of these, or none: {string.Join(", ", Channels.All)}.")
            .OverridePropertyName("channels");
        RuleFor(body => body.Locale).Must(locale => locale is null || Locales.IsTag(locale))
            .WithMessage("must be a language tag (BCP 47), for example en or nb-NO.").OverridePropertyName("locale");
        RuleFor(body => body.TimeZone).Must(zone => zone is null || TimeZones.TryFind(zone, out _))
            .WithMessage("must be a time zone by its IANA name, for example Europe/Oslo.").OverridePropertyName("timeZone");
        RuleFor(body => body.QuietHours).Must(quiet => quiet is null || (IsTime(quiet.Start) && IsTime(quiet.End) && quiet.Start != quiet.End))
            .WithMessage("must have 'start' and 'end', two times that differ, for example 22:00 and 07:00.").OverridePropertyName("quietHours");
        RuleFor(body => body.Digest).Must(digest => IsWindow(digest?.Account) && IsWindow(digest?.Tasks))
            .WithMessage($"'account' and 'tasks' must be null or {DigestMinutes.Fewest} to {DigestMinutes.Most} minutes.").OverridePropertyName("digest");
        RuleFor(body => body.Phone).Must(phone => phone is null || PhoneNumber().IsMatch(phone))
            .WithMessage("must be a phone number in the form of E.164, for example +4712345678.")
            .Must((body, phone) => phone is not null || !(Goes(body.Channels?.Account) || Goes(body.Channels?.Tasks)))
            .WithMessage("is required where notifications go by sms.").OverridePropertyName("phone");
    }

    private static bool AreChannels(IReadOnlyList<string>? given) => given is null || given.All(Channels.All.Contains);

    private static bool Goes(IReadOnlyList<string>? given) => given?.Contains(Channels.Sms) == true;

    private static bool IsTime(string? text) => text is not null && TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static bool IsWindow(int? minutes) => minutes is null or (>= DigestMinutes.Fewest and <= DigestMinutes.Most);

    [GeneratedRegex(@"^\+[1-9][0-9]{6,14}\z")]
    private static partial Regex PhoneNumber();
}

internal sealed record PreferencesAnswer(NotificationPreferences Preferences);
