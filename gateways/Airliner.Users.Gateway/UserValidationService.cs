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
        if (!request.HasUserId && !request.HasUsername)
            throw new RpcException(new Status(StatusCode.InvalidArgument, "user_id or username is required."));
        if (request.Username.Length > 254)
            throw new RpcException(new Status(StatusCode.InvalidArgument, "username must have at most 254 characters."));
        if (request.Password.Length is 0 or > 128)
            throw new RpcException(new Status(StatusCode.InvalidArgument, "password must have 1 to 128 characters."));

        var query = new CredentialQuery(
            request.HasUserId ? request.UserId : null, request.HasUsername ? request.Username : null, request.Password, request.SourceAddress);
        // The audit log is to have where the user is, not where the client runs.
        if (IPAddress.TryParse(request.SourceAddress, out var address))
            (CallOrigin.Current! with { SourceAddress = address.ToString() }).GoAlong();
        var check = await calls.Call(grains => grains.GetGrain<ICredentialsGrain>(0).Validate(query));
        if (check.Outcome == CredentialOutcome.HeldBack)
            context.ResponseTrailers.Add("retry-after", Math.Ceiling(check.RetryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        return check.Outcome switch
        {
            CredentialOutcome.Busy => throw new RpcException(
                new Status(StatusCode.Unavailable, "More passwords wait than can be checked now."), new Metadata { { "retry-after", "2" } }),
            CredentialOutcome.Valid => new ValidateCredentialsResponse { IsValid = true, UserId = check.UserId, Roles = { check.Roles } },
            // The user is held back, not the client that asks: the call itself is well.
            CredentialOutcome.HeldBack => new ValidateCredentialsResponse { Reason = "too_many_attempts" },
            _ => new ValidateCredentialsResponse { Reason = "invalid_credentials" },
        };
    }

    public override async Task<User> GetUser(GetUserRequest request, ServerCallContext context)
    {
        var user = await calls.Call(grains => grains.GetGrain<IUserGrain>(request.UserId).Get())
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
}
