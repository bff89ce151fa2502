using Airliner.Contracts;

namespace Airliner.Auth.Grains;

/// <summary>How long a signing key is in each of its phases, section <c>SigningKeys</c>.</summary>
public sealed class SigningKeysOptions
{
    /// <summary>How long a key is published before it signs, so that whoever keeps the published keys has it in time: 0 or more.</summary>
    public TimeSpan Announced { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long a key signs, until the next one does: more than <see cref="Announced"/>.</summary>
    public TimeSpan Signing { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long a key stays published when it signs no more: at least <see cref="ShortestRetired"/>.</summary>
    public TimeSpan Retired { get; set; } = TimeSpan.FromDays(1);

    /// <summary>As long as a token is good that was signed with a key a moment after the next one took over.</summary>
    public static TimeSpan ShortestRetired => AccessTokens.Lifetime + TimeSpan.FromMinutes(5);

    /// <summary>What is wrong with the times; null where nothing is.</summary>
    public string? Problem =>
        Announced < TimeSpan.Zero ? "SigningKeys:Announced must not be negative."
        : Signing <= Announced ? $"SigningKeys:Signing ({Signing}) must be longer than SigningKeys:Announced ({Announced})."
        : Retired < ShortestRetired ? $"SigningKeys:Retired ({Retired}) must be at least {ShortestRetired}, for tokens live as long."
        : null;

    /// <exception cref="InvalidOperationException">The times cannot work; the message says which.</exception>
    public SigningKeysOptions Checked() => Problem is { } problem ? throw new InvalidOperationException(problem) : this;
}
