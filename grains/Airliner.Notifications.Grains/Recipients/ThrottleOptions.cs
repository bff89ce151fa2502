using Airliner.Contracts.Limits;
using Airliner.Contracts.Notifications;

namespace Airliner.Notifications.Grains.Recipients;

/// <summary>How much a user is sent at most, by channel. Security is neither held back nor counted. Section <c>Notifications:Throttle</c>.</summary>
internal sealed class ThrottleOptions
{
    public const string Section = "Notifications:Throttle";

    public LimitSettings Email { get; set; } = new(120, TimeSpan.FromHours(1));

    public LimitSettings Sms { get; set; } = new(20, TimeSpan.FromHours(1));

    public LimitSettings Push { get; set; } = new(120, TimeSpan.FromHours(1));

    /// <summary>The limit of a channel; null where it has none.</summary>
    public LimitSettings? Of(string channel) => channel switch
    {
        Channels.Email => Email,
        Channels.Sms => Sms,
        Channels.Push => Push,
        _ => null,
    };

    /// <exception cref="InvalidOperationException">A limit would let nothing through; the message names it.</exception>
    public ThrottleOptions Checked()
    {
        LimitSettings.Checked(Email, $"{Section}:Email");
        LimitSettings.Checked(Sms, $"{Section}:Sms");
        LimitSettings.Checked(Push, $"{Section}:Push");
        return this;
    }
}
