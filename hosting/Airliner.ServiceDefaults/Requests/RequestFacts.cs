using System.Globalization;
using System.Net;
using System.Security.Claims;
using Airliner.Contracts;
using Microsoft.AspNetCore.Http;

namespace Airliner.ServiceDefaults.Requests;

/// <summary>What a request tells of who sent it.</summary>
public static class RequestFacts
{
    /// <summary>The caller, from the verified access token.</summary>
    public static Caller Caller(this HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        return http.User.ToCaller();
    }

    /// <summary>The caller that a verified token's claims name.</summary>
    public static Caller ToCaller(this ClaimsPrincipal principal)
    {
        ArgumentNullException.ThrowIfNull(principal);
        var client = principal.FindFirstValue("client_id") ?? "";
        var isUser = long.TryParse(principal.FindFirstValue("sub"), NumberStyles.None, CultureInfo.InvariantCulture, out var userId);
        return new Caller(isUser ? userId : null, client, [.. principal.FindAll("roles").Select(claim => claim.Value)]);
    }

    /// <summary>The address that the request came from; a mapped IPv4 address as IPv4.</summary>
    public static string SourceAddress(this HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        var address = http.Connection.RemoteIpAddress;
        return (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString() ?? "";
    }

    /// <summary>Whether the request came from one of this machine's own addresses.</summary>
    public static bool IsFromThisMachine(this HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        return http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
    }

    /// <summary>The <c>User-Agent</c>, cut to 200 characters.</summary>
    public static string UserAgent(this HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        var agent = http.Request.Headers.UserAgent.ToString();
        return agent.Length <= 200 ? agent : agent[..200];
    }
}
