using System.Collections.Immutable;

namespace Airliner.Contracts.Notifications;

/// <summary>How a user wants to be told. As REST shows it, and as it is kept.</summary>
[GenerateSerializer]
[Immutable]
[Alias("airliner.NotificationPreferences")]
public sealed record NotificationPreferences
{
    /// <summary>What holds for a user who has said nothing: the contract's table of channels.</summary>
    public static NotificationPreferences Default { get; } = new();

    /// <summary>By which channels each category goes.</summary>
    [Id(0)]
    public CategoryChannels Channels { get; init; } = CategoryChannels.Default;

    /// <summary>The language of what is written, a BCP 47 tag; where there are no templates in it, those of the nearest that has some.</summary>
    [Id(1)]
    public string Locale { get; init; } = "en";

    /// <summary>Where the user's day is, an IANA name.</summary>
    [Id(2)]
    public string TimeZone { get; init; } = TimeZones.Utc;

    /// <summary>When nothing but security is to come by mail, SMS or push; null where anything may come at any time.</summary>
    [Id(3)]
    public QuietHours? QuietHours { get; init; }

    /// <summary>Over how long mails are gathered into one; null where each goes on its own.</summary>
    [Id(4)]
    public DigestMinutes? Digest { get; init; }

    /// <summary>Where text messages go, in the form of E.164; null where nowhere.</summary>
    [Id(5)]
    public string? Phone { get; init; }

    /// <summary>Whether notifications of the category are to go by the channel. Those of security always are.</summary>
    public bool Wants(string category, string channel) => category == NotificationCategories.Security || Channels.Of(category).Contains(channel);
}

/// <summary>Some of <see cref="Notifications.Channels"/> for each of <see cref="NotificationCategories"/>.</summary>
/// <param name="Security">What there is of security goes by these whatever anybody wants; it is shown, and cannot be set.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.CategoryChannels")]
public sealed record CategoryChannels(
    [property: Id(0)] ImmutableArray<string> Security, [property: Id(1)] ImmutableArray<string> Account, [property: Id(2)] ImmutableArray<string> Tasks)
{
    public static CategoryChannels Default { get; } = new([Channels.Email, Channels.InApp], [Channels.Email], [Channels.InApp]);

    /// <summary>Those of a category.</summary>
    public ImmutableArray<string> Of(string category) => category switch
    {
        NotificationCategories.Security => Security,
        NotificationCategories.Account => Account,
        NotificationCategories.Tasks => Tasks,
        _ => throw new ArgumentOutOfRangeException(nameof(category), category, "There is no such category."),
    };

    /// <summary>The same without a channel of a category.</summary>
    public CategoryChannels Without(string category, string channel) => category switch
    {
        NotificationCategories.Account => this with { Account = Account.Remove(channel) },
        NotificationCategories.Tasks => this with { Tasks = Tasks.Remove(channel) },
        _ => throw new ArgumentOutOfRangeException(nameof(category), category, "Nothing of this category can be ended."),
    };
}

/// <summary>A part of each day, by the clock of the user's time zone; where it ends before it starts it goes over midnight.</summary>
/// <param name="Start">When it starts, as <c>22:00</c>.</param>
/// <param name="End">When it is over, as <c>07:00</c>; another time than the start.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.QuietHours")]
public sealed record QuietHours([property: Id(0)] string Start, [property: Id(1)] string End);

/// <summary>Over how many minutes the mails of each category are gathered into one, 5 to 1440; null where they are not.</summary>
[GenerateSerializer]
[Immutable]
[Alias("airliner.DigestMinutes")]
public sealed record DigestMinutes([property: Id(0)] int? Account, [property: Id(1)] int? Tasks)
{
    public const int Fewest = 5;

    public const int Most = 1440;

    /// <summary>Those of a category.</summary>
    public int? Of(string category) => category switch
    {
        NotificationCategories.Account => Account,
        NotificationCategories.Tasks => Tasks,
        _ => null,
    };
}
