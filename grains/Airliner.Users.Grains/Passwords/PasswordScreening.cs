using Airliner.Contracts.Users;

namespace Airliner.Users.Grains.Passwords;

/// <summary>Judges a password that somebody wants to have, never one that somebody logs in with: by the policy, then by what is known from leaks.</summary>
internal sealed class PasswordScreening(IBreachedPasswords breached)
{
    /// <summary>Why the password of such a user is refused, null where it is taken.</summary>
    public async Task<PasswordRefusal?> RefusalAsync(string password, string username, string email) =>
        PasswordPolicy.Refusal(password, username, email) is { } refusal ? refusal
        : await breached.ContainAsync(password) ? PasswordRefusal.Breached
        : null;
}

/// <summary>The passwords that are known from leaks.</summary>
internal interface IBreachedPasswords
{
    /// <summary>Whether the password is one of them. False where that cannot be known now: nobody is kept out by it.</summary>
    Task<bool> ContainAsync(string password);
}
