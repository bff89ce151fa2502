namespace Airliner.Users.Silo.Passwords;

/// <summary>Whether and where new passwords are looked up among those known from leaks, section <c>Passwords:BreachCheck</c>.</summary>
internal sealed class BreachCheckOptions
{
    private static readonly TimeSpan _longestTimeout = TimeSpan.FromSeconds(3);

    public bool Enabled { get; set; }

    /// <summary>A service that answers <c>range/{prefix}</c> as Have I Been Pwned does.</summary>
    public string BaseUrl { get; set; } = "https://api.pwnedpasswords.com/";

    /// <summary>How long a registration waits for it, at most: less than its gateway waits for the registration.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(1);

    public Uri Address => new(BaseUrl.TrimEnd('/') + "/");

    /// <exception cref="InvalidOperationException">A setting cannot be used; the message names it.</exception>
    public BreachCheckOptions Checked() =>
        !Uri.TryCreate(BaseUrl, UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp)
            ? throw new InvalidOperationException("Passwords:BreachCheck:BaseUrl must be an address that starts with https:// or http://.")
        : Timeout <= TimeSpan.Zero || Timeout > _longestTimeout
            ? throw new InvalidOperationException($"Passwords:BreachCheck:Timeout must be more than nothing and at most {_longestTimeout}.")
        : this;
}
