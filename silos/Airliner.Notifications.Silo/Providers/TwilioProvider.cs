using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains.Providers;
using Airliner.ServiceDefaults;

namespace Airliner.Notifications.Silo.Providers;

/// <summary>Sends text messages by Twilio, or a service with the same API (https://www.twilio.com/docs/messaging/api/message-resource).</summary>
internal sealed class TwilioProvider(string clientName, HttpProviderOptions options, IHttpClientFactory clients, TimeProvider time) : IChannelProvider
{
    /// <summary>
    /// Errors that are of the message, https://www.twilio.com/docs/api/errors: no number (21211, 21217), unsubscribed (21610), not a mobile number (21614), no
    /// text or one that is too long (21602, 21617). All others but those below are of the account, the sender or the moment.
    /// </summary>
    private static readonly int[] _refusals = [21211, 21217, 21602, 21610, 21614, 21617];

    /// <summary>
    /// Errors that are of this number, and may be mended: its region is not enabled (21408), a trial account has not verified it (21608), the sender has no way to it
    /// (21612). Other numbers are reached, so they say nothing against the provider, and another provider may reach this one.
    /// </summary>
    private static readonly int[] _unreachable = [21408, 21608, 21612];

    private readonly Uri _messages = new($"{options.Url!.AbsoluteUri.TrimEnd('/')}/2010-04-01/Accounts/{options.AccountSid}/Messages.json");

    public string Channel => Channels.Sms;

    public string Name { get; } = $"twilio://{options.Url!.Authority}";

    public int MostAtOnce => options.MaxConnections;

    public async Task<string> SendAsync(OutgoingNotification notification, CancellationToken cancellationToken)
    {
        var isFrom = !string.IsNullOrEmpty(options.From);
        using var client = clients.CreateClient(clientName);
        using var request = new HttpRequestMessage(HttpMethod.Post, _messages)
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["To"] = notification.Address,
                [isFrom ? "From" : "MessagingServiceSid"] = isFrom ? options.From! : options.MessagingServiceSid!,
                ["Body"] = notification.Content.Text,
            }),
        };
        var credentials = $"{options.AccountSid}:{SecretFile.Read(options.TokenFile!)}";
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        // Twilio documents it of its own webhooks alone: that it honours it here is not known. Services with its API may.
        request.Headers.Add("I-Twilio-Idempotency-Token", notification.IdempotencyKey);
        var answer = await client.AskAsync(request, time, cancellationToken);
        if (answer.IsTaken)
            return Member(answer, "sid") ?? answer.ToString();
        var code = int.TryParse(Member(answer, "code"), CultureInfo.InvariantCulture, out var number) ? number : 0;
        if (answer.Status == HttpStatusCode.BadRequest && _refusals.Contains(code))
            throw new DeliveryRefusedException(answer.ToString());
        throw _unreachable.Contains(code)
            ? new RecipientUnreachableException(answer.ToString(), mayBeTriedAgain: true, answer.RetryAfter ?? default)
            : answer.Failure();
    }

    /// <summary>A member of the answer's JSON, as text; null where there is none.</summary>
    private static string? Member(ProviderAnswer answer, string name)
    {
        try
        {
            using var body = JsonDocument.Parse(answer.Body);
            return body.RootElement.ValueKind == JsonValueKind.Object && body.RootElement.TryGetProperty(name, out var member) ? member.ToString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
