using System.Globalization;
using System.Net;
using Airliner.Contracts.Audit;
using Airliner.Contracts.Users;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Security;
using Airliner.Users.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;

namespace Airliner.Users.Gateway;

/// <summary><c>airliner.users.v1.UserValidation</c>, for machine clients.</summary>
[Authorize(BearerAuthentication.Service)]
internal sealed class UserValidationService(GrainCalls calls) : UserValidation.UserValidationBase
{
    public override async Task<ValidateCredentialsResponse> ValidateCredentials(ValidateCredentialsRequest request, ServerCallContext context)
    {
        UserValidationRules.Check(request);
        var query = new CredentialQuery(
            request.HasUserId ? request.UserId : null, request.HasUsername ? request.Username : null, request.Password, request.SourceAddress);
        // The audit log is to have where the user is, not where the client runs.
        if (IPAddress.TryParse(request.SourceAddress, out var address))
            (CallOrigin.Current! with { SourceAddress = address.ToString() }).GoAlong();
        var check = await calls.Call(grains => grains.GetGrain<ICredentialsGrain>(0).Validate(query), context.CancellationToken);
        return check.Outcome switch
        {
            CredentialOutcome.Busy => throw RetryAfter(StatusCode.Unavailable, "More passwords wait than can be checked now.", TimeSpan.FromSeconds(2)),
            CredentialOutcome.HeldBack => throw RetryAfter(
                StatusCode.ResourceExhausted, "Too many attempts at this account from this address failed: further ones are held back for a while.", check.RetryAfter),
            CredentialOutcome.Valid => new ValidateCredentialsResponse { IsValid = true, UserId = check.UserId, Roles = { check.Roles } },
            _ => new ValidateCredentialsResponse { Reason = "invalid_credentials" },
        };
    }

    public override async Task<User> GetUser(GetUserRequest request, ServerCallContext context)
    {
        UserValidationRules.Check(request);
        var user = await calls.Call(grains => grains.GetGrain<IUserGrain>(request.UserId).Get(), context.CancellationToken)
            ?? throw new RpcException(new Status(StatusCode.NotFound, $"There is no user {request.UserId}."));
        return new User
        {
            UserId = user.UserId,
            Username = user.Username,
            Email = user.Email,
            EmailVerified = user.EmailVerified,
            FirstName = user.FirstName,
            LastName = user.LastName,
            DateOfBirth = user.DateOfBirth?.ToString("O") ?? "",
            Roles = { user.Roles },
            Status = user.Status,
            CreatedAt = user.CreatedAt.ToTimestamp(),
            UpdatedAt = user.UpdatedAt.ToTimestamp(),
        };
    }

    /// <summary>The trailer has whole seconds, at least one, as the header of the same name has over REST.</summary>
    private static RpcException RetryAfter(StatusCode code, string detail, TimeSpan wait) => new(
        new Status(code, detail), new Metadata { { "retry-after", Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture) } });
}
