using Airliner.ServiceDefaults.Outbound;

namespace Airliner.Notifications.Silo.Push;

/// <summary>Gives a library's client the way by which addresses of users are spoken to. What is answered there is nobody's but its status, and is not read.</summary>
internal sealed class OutboundHandler(OutboundHttp http) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var answer = await http.Client.SendAsync(request, cancellationToken);
        return new HttpResponseMessage(answer.StatusCode) { RequestMessage = request };
    }
}
