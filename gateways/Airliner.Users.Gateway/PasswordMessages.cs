using Airliner.Contracts.Users;

namespace Airliner.Users.Gateway;

/// <summary>What is said of a password that is refused.</summary>
internal static class PasswordMessages
{
    /// <summary>Of a present password, which may be one that has become too short since.</summary>
    public static string TooLong { get; } = $"must have at most {RegistrationLimits.LongestPassword} characters.";

    public static string Message(this PasswordRefusal refusal) => refusal switch
    {
        PasswordRefusal.Length => $"must have {RegistrationLimits.ShortestPassword} to {RegistrationLimits.LongestPassword} characters.",
        PasswordRefusal.LikeName => "must not be like the username or the e-mail address: without them, it must still be a good password of 8 characters.",
        PasswordRefusal.Breached => "must not be one that is known from a leak: whoever tries passwords tries it.",
        _ => "must not be one that is guessed first: it is known from leaked passwords, or is a word or a name.",
    };
}
