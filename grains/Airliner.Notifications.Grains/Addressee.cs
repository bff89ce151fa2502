using System.Globalization;
using System.Text.Json;
using Airliner.Contracts.Notifications;
using Airliner.Contracts.Users;

namespace Airliner.Notifications.Grains;

/// <summary>
/// Where a notification goes, and what is in it that no event has. All of it is asked of the user's grain, so that a forged event mails nobody else, and a code is
/// in no row, event or log.
/// </summary>
/// <param name="Address">The mail address.</param>
/// <param name="Extras">What the template sees beside the event's own members.</param>
/// <param name="Obstacle">Why nobody is to get it; null where somebody is.</param>
/// <param name="Phone">The phone number (E.164), null where the user has given none.</param>
/// <param name="IsVerified">Whether the user has shown that the mail address is theirs.</param>
internal sealed record Addressee(
    string Address, string Name, IReadOnlyDictionary<string, string> Extras, string? Obstacle = null, string? Phone = null, bool IsVerified = false)
{
    /// <summary>Whom the mail of an event is for.</summary>
    /// <param name="data">The event's value, a flat JSON object.</param>
    public static async Task<Addressee> OfAsync(IUserGrain user, string eventType, string data)
    {
        if (await user.Get() is not { } view)
            return Nobody("There is no such user.");
        if (view.Status != UserStatus.Active)
            return Nobody("The user is not active.");
        var addressee = new Addressee(view.Email, $"{view.FirstName} {view.LastName}", new Dictionary<string, string>
        {
            ["username"] = view.Username,
            ["firstName"] = view.FirstName,
            ["email"] = view.Email,
        }, IsVerified: view.EmailVerified);
        using var value = JsonDocument.Parse(data);
        return eventType switch
        {
            UserEmailVerificationRequested.Type => await addressee.OfCodeAsync(user, CodePurpose.EmailVerification, value.RootElement),
            UserPasswordResetRequested.Type => await addressee.OfCodeAsync(user, CodePurpose.PasswordReset, value.RootElement),
            UserUpdated.Type => await addressee.BeforeAsync(user, value.RootElement),
            _ => addressee,
        };
    }

    /// <summary>
    /// The same, with the address by which the channel reaches the user. What a user's own tasks say is the user's text: it goes to no mail address and no phone of
    /// whoever has not verified an address, which may be a stranger's.
    /// </summary>
    public Addressee By(string channel, long userId, string category) => (channel, Phone) switch
    {
        (Channels.Email or Channels.Sms, _) when category == NotificationCategories.Tasks && !IsVerified =>
            this with { Obstacle = Obstacle ?? "The user has not verified the e-mail address." },
        (Channels.Sms, null) => this with { Obstacle = Obstacle ?? "The user has no phone number." },
        (Channels.Sms, { } phone) => this with { Address = phone },
        (Channels.Push, _) => this with { Address = userId.ToString(CultureInfo.InvariantCulture) },
        _ => this,
    };

    /// <summary>Shows no code.</summary>
    public override string ToString() => $"Addressee {{ {Obstacle} }}";

    private static Addressee Nobody(string obstacle) => new("", "", new Dictionary<string, string>(), obstacle);

    private async Task<Addressee> OfCodeAsync(IUserGrain user, CodePurpose purpose, JsonElement value)
    {
        if (await user.GetCode(purpose, value.GetProperty("codeId").GetString()!) is not { } mail)
            return Nobody("The code was replaced or used, or has expired.");
        var until = mail.ExpiresAt.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
        return this with { Address = mail.Address, Extras = new Dictionary<string, string>(Extras) { ["code"] = mail.Code, ["until"] = until } };
    }

    /// <summary>The address before the change: whoever reads the new one knows.</summary>
    private async Task<Addressee> BeforeAsync(IUserGrain user, JsonElement value) =>
        await user.GetFormerEmail(value.GetProperty("timestamp").GetDateTimeOffset()) is { } address
            ? this with { Address = address }
            : Nobody("The address before this change is not known.");
}
