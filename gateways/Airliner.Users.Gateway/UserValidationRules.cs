using System.Net;
using System.Net.Sockets;
using Airliner.Contracts.Users;
using Airliner.Users.V1;
using Grpc.Core;

namespace Airliner.Users.Gateway;

/// <summary>What the requests of <c>UserValidation</c> must fulfil; the message of <c>INVALID_ARGUMENT</c> names each field that does not.</summary>
internal static class UserValidationRules
{
    public static void Check(ValidateCredentialsRequest request) => Refuse(
        [
            request.HasUserId || request.HasUsername ? null : "user_id: or username is required.",
            request.HasUserId && request.UserId < 1 ? "user_id: must be a whole number from 1." : null,
            request.HasUsername && (string.IsNullOrWhiteSpace(request.Username) || request.Username.Length > RegistrationLimits.LongestEmail) ? $"username: must have 1 to {RegistrationLimits.LongestEmail} characters." : null,
            string.IsNullOrWhiteSpace(request.Password) || request.Password.Length > RegistrationLimits.LongestPassword ? $"password: must have 1 to {RegistrationLimits.LongestPassword} characters." : null,
            request.SourceAddress.Length == 0 || IsAddress(request.SourceAddress) ? null : "source_address: must be an IPv4 or IPv6 address, or be left out.",
        ]);

    public static void Check(GetUserRequest request) => Refuse([request.UserId < 1 ? "user_id: must be a whole number from 1." : null]);

    private static void Refuse(string?[] errors)
    {
        if (string.Join(' ', errors.OfType<string>()) is { Length: > 0 } detail)
            throw new RpcException(new Status(StatusCode.InvalidArgument, detail));
    }

    /// <summary>The framework also takes bare, hexadecimal and octal numbers for an IPv4 address, and ports and zones with an IPv6 address.</summary>
    private static bool IsAddress(string text) => IPAddress.TryParse(text, out var address)
        && (address.AddressFamily == AddressFamily.InterNetworkV6 ? text.All(letter => char.IsAsciiHexDigit(letter) || letter is ':' or '.') : address.ToString() == text);
}
