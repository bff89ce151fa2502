using Airliner.Contracts;
using Microsoft.Extensions.Configuration;

namespace Airliner.ServiceDefaults.Security;

/// <summary>The <c>iss</c> of access tokens.</summary>
public static class TokenIssuer
{
    /// <summary>What <c>AIRLINER_ISSUER</c> says, or <see cref="AccessTokens.DefaultIssuer"/>. All gateways and the silos of auth need the same.</summary>
    public static string Of(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return configuration["AIRLINER_ISSUER"] ?? AccessTokens.DefaultIssuer;
    }
}
