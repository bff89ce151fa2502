using System.Globalization;
using Airliner.Auth.V1;
using Airliner.ServiceDefaults.Security;
using Airliner.ServiceDefaults.Streams;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Microsoft.IdentityModel.Tokens;

namespace Airliner.Auth.Gateway;

/// <summary><c>airliner.auth.v1.TokenValidation</c>, for machine clients.</summary>
[Authorize(BearerAuthentication.Service)]
internal sealed class TokenValidationService(AccessTokenVerifier verifier, LiveStreams streams, StreamPermits permits) : TokenValidation.TokenValidationBase
{
    public override Task<ValidateTokenResponse> ValidateToken(ValidateTokenRequest request, ServerCallContext context) => ValidateAsync(request.Token);

    /// <summary>One after another: who asks faster than that is slowed down by the connection's own flow control, so nothing piles up here.</summary>
    public override async Task ValidateTokens(
        IAsyncStreamReader<ValidateTokenRequest> requestStream, IServerStreamWriter<ValidateTokenResponse> responseStream, ServerCallContext context)
    {
        var http = context.GetHttpContext();
        using var permit = permits.Take(http);
        await streams.RunAsync(
            http,
            async ended =>
            {
                await foreach (var request in requestStream.ReadAllAsync(ended))
                    await responseStream.WriteAsync(await ValidateAsync(request.Token), ended);
            },
            context.CancellationToken);
    }

    private async Task<ValidateTokenResponse> ValidateAsync(string token)
    {
        var result = await verifier.VerifyAsync(token);
        if (!result.IsValid)
        {
            return new ValidateTokenResponse
            {
                Reason = result.Exception switch
                {
                    SecurityTokenInvalidLifetimeException or SecurityTokenExpiredException => "expired",
                    TokenRevokedException => "revoked",
                    SecurityTokenMalformedException or ArgumentException => "malformed",
                    _ => "invalid",
                },
            };
        }

        var claims = result.ClaimsIdentity;
        return new ValidateTokenResponse
        {
            IsValid = true,
            UserId = long.TryParse(claims.FindFirst("sub")?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var userId) ? userId : 0,
            SessionId = claims.FindFirst("sid")?.Value ?? "",
            ClientId = claims.FindFirst("client_id")?.Value ?? "",
            Roles = { claims.FindAll("roles").Select(role => role.Value) },
            ExpiresAt = Timestamp.FromDateTime(result.SecurityToken.ValidTo),
        };
    }
}
