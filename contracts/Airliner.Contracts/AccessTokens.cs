namespace Airliner.Contracts;

/// <summary>What the one who issues access tokens and those who verify them agree on.</summary>
public static class AccessTokens
{
    /// <summary>The <c>aud</c> of every token.</summary>
    public const string Audience = "airliner";

    /// <summary>The <c>client_id</c> of tokens that users got by logging in.</summary>
    public const string UserClientId = "airliner";

    /// <summary>The issuer where <c>AIRLINER_ISSUER</c> says none.</summary>
    public const string DefaultIssuer = "http://127.0.0.1:5004";

    /// <summary>How long an access token is good.</summary>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromMinutes(15);
}
