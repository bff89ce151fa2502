using System.Net;
using System.Net.Http.Headers;
using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains.Providers;
using Airliner.ServiceDefaults;

namespace Airliner.Notifications.Silo.Providers;

/// <summary>Posts messages as JSON to an operator's URL, as docs/providers.md describes.</summary>
internal sealed class HttpProvider(string channel, string clientName, HttpProviderOptions options, IHttpClientFactory clients, TimeProvider time) : IChannelProvider
{
    public string Channel => channel;

    /// <summary>Without the path, which may be what is secret of the URL.</summary>
    public string Name { get; } = options.Url!.GetLeftPart(UriPartial.Authority);

    public int MostAtOnce => options.MaxConnections;

    public async Task<string> SendAsync(OutgoingNotification notification, CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(clientName);
        using var request = new HttpRequestMessage(HttpMethod.Post, options.Url)
        {
            Content = JsonContent.Create(
                new Message(
                    notification.Id, channel, notification.Address, notification.UserId, notification.EventType, notification.Category, notification.CreatedAt,
                    notification.Content.Subject, notification.Content.Text),
                options: AirlinerJson.Options),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", SecretFile.Read(options.TokenFile!));
        request.Headers.Add("Idempotency-Key", notification.IdempotencyKey);
        var answer = await client.AskAsync(request, time, cancellationToken);
        if (answer.IsTaken)
            return answer.ToString();
        if (IsOfTheRecipient(answer.Status))
            throw new RecipientUnreachableException(answer.ToString(), mayBeTriedAgain: false);
        throw IsOfTheMessage(answer.Status) ? new DeliveryRefusedException(answer.ToString()) : answer.Failure();
    }

    /// <summary>Whether it does not know the user: each provider of push messages knows devices of its own, so that the next may.</summary>
    private bool IsOfTheRecipient(HttpStatusCode status) => channel == Channels.Push && status is (HttpStatusCode.NotFound or HttpStatusCode.Gone);

    /// <summary>Whether the message is what is wrong: 4xx, but for what tells of the moment or of our token.</summary>
    private static bool IsOfTheMessage(HttpStatusCode status) => (int)status is >= 400 and < 500
        && status is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.ProxyAuthenticationRequired or HttpStatusCode.RequestTimeout
            or (HttpStatusCode)425 or HttpStatusCode.TooManyRequests);

    /// <param name="To">The phone number (E.164), or the user's id for push messages.</param>
    private sealed record Message(
        [property: OpaqueId] long NotificationId, string Channel, string To, long UserId, string EventType, string Category, DateTimeOffset CreatedAt, string Title,
        string Text);
}
