using System.Net.Http.Headers;
using Airliner.ServiceDefaults.Outbound;
using Lib.Net.Http.WebPush.Authentication;

namespace Airliner.Notifications.Silo.Push;

/// <summary>
/// Gives the library's client the way by which addresses of users are spoken to. What is answered there is nobody's but its status and how long to wait, and is not read.
/// </summary>
internal sealed class OutboundHandler(OutboundHttp http, VapidAuthentication authentication) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // The library's audience is the origin without its port, which belongs to it where it is not the usual one (RFC 6454 §6.1).
        if (request.RequestUri is { IsDefaultPort: false } url)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "vapid", authentication.GetVapidSchemeAuthenticationHeaderValueParameter(url.GetLeftPart(UriPartial.Authority)));
        }

        using var answer = await http.Client.SendAsync(request, cancellationToken);
        var status = new HttpResponseMessage(answer.StatusCode) { RequestMessage = request };
        status.Headers.RetryAfter = answer.Headers.RetryAfter;
        return status;
    }
}
