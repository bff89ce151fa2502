using System.Buffers.Text;
using System.Net;
using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains.Providers;
using Airliner.Notifications.Grains.Push;
using Airliner.Notifications.Silo.Providers;
using Airliner.ServiceDefaults.Outbound;
using Lib.Net.Http.WebPush;
using Lib.Net.Http.WebPush.Authentication;

namespace Airliner.Notifications.Silo.Push;

/// <summary>
/// Sends to all browsers that a user has subscribed, by the push services of their makers: encrypted for the browser (RFC 8291), signed by this system (RFC 8292). It
/// is taken when one of them took it.
/// </summary>
internal sealed partial class WebPushProvider : IChannelProvider, IDisposable
{
    private readonly AllowedHosts _allowed;
    private readonly IPushSubscriptions _subscriptions;
    private readonly PushOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private readonly VapidAuthentication _authentication;
    private readonly PushServiceClient _client;
    private readonly ILogger _log;

    public WebPushProvider(
        OutboundHttp http, AllowedHosts allowed, IPushSubscriptions subscriptions, PushOptions options, VapidKey key, VapidSubject subject, TimeProvider time,
        ILogger<WebPushProvider> log)
    {
        (_allowed, _subscriptions, _options, _time, _log) = (allowed, subscriptions, options, time, log);
        _authentication = new VapidAuthentication(key.PublicKey, key.PrivateKey) { Subject = subject.Value };
        _http = new HttpClient(new OutboundHandler(http, _authentication)) { Timeout = Timeout.InfiniteTimeSpan };
        // Retries are the delivery's.
        _client = new PushServiceClient(_http)
        {
            DefaultAuthentication = _authentication,
            DefaultAuthenticationScheme = VapidAuthenticationScheme.Vapid,
            AutoRetryAfter = false,
        };
    }

    public string Channel => Channels.Push;

    public string Name => "webpush";

    /// <summary>Each goes to all of its user's browsers at once, and most browsers have the same few push services.</summary>
    public int MostAtOnce => 64;

    public async Task<string> SendAsync(OutgoingNotification notification, CancellationToken cancellationToken)
    {
        var targets = await _subscriptions.FindTargetsAsync(notification.UserId, cancellationToken);
        if (targets.Count == 0)
            throw new RecipientUnreachableException("The user has no push subscription.", mayBeTriedAgain: false);
        var payload = PushPayload.Of(notification);
        var answers = await Task.WhenAll(targets.Select(target => PushAsync(target, notification, payload, cancellationToken)));
        var taken = answers.Count(answer => answer.Trouble is null);
        if (taken > 0)
            return $"{taken} of {answers.Length} subscriptions took it.";
        var trouble = string.Join(' ', answers.Select(answer => answer.Trouble).Distinct(StringComparer.Ordinal));
        var later = answers.Where(answer => answer.MayBeTriedAgain).ToList();
        var retryAfter = later.Count > 0 ? later.Min(answer => answer.RetryAfter) : default;
        throw new RecipientUnreachableException(trouble, later.Count > 0, retryAfter);
    }

    public void Dispose()
    {
        _http.Dispose();
        _authentication.Dispose();
    }

    private async Task<Answer> PushAsync(PushTarget target, OutgoingNotification notification, string payload, CancellationToken cancellationToken)
    {
        // What was allowed when the browser subscribed may be so no longer.
        if (!OutboundAddress.TryParse(target.Endpoint, _allowed, out var url, out var complaint))
            return new($"The address {complaint}");
        using var patience = new CancellationTokenSource(_options.AnswersWithin, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            await _client.RequestPushMessageDeliveryAsync(SubscriptionOf(target), MessageOf(notification, payload), either.Token);
            return new(Trouble: null);
        }
        catch (PushServiceClientException refusal) when (refusal.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
        {
            await _subscriptions.RemoveAsync(notification.UserId, target.SubscriptionId, cancellationToken);
            return new($"{url.Host} answered {(int)refusal.StatusCode}: the subscription is gone.");
        }
        catch (PushServiceClientException refusal) when (refusal.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            // The clock may be wrong, or the subject. It says nothing against the provider all the same: who subscribed with another key is answered so, and whom a user has chosen.
            LogTokenRefused(url.Host, (int)refusal.StatusCode);
            return new(
                $"{url.Host} answered {(int)refusal.StatusCode}: it does not accept this system's token.", MayBeTriedAgain: true,
                refusal.Headers?.RetryAfter.ToWait(_time) ?? default);
        }
        catch (PushServiceClientException refusal)
        {
            var isTemporary = refusal.StatusCode is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;
            return new($"{url.Host} answered {(int)refusal.StatusCode}.", isTemporary, refusal.Headers?.RetryAfter.ToWait(_time) ?? default);
        }
        catch (HttpRequestException error)
        {
            return AddressRefusedException.In(error) is { } refused
                ? new(refused.Message)
                : new($"{url.Host} cannot be reached ({error.HttpRequestError}).", MayBeTriedAgain: true);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new($"{url.Host} did not answer within {_options.AnswersWithin.TotalSeconds} seconds.", MayBeTriedAgain: true);
        }
    }

    private static PushSubscription SubscriptionOf(PushTarget target)
    {
        var subscription = new PushSubscription { Endpoint = target.Endpoint };
        subscription.SetKey(PushEncryptionKeyName.P256DH, Base64Url.EncodeToString(target.P256dh));
        subscription.SetKey(PushEncryptionKeyName.Auth, Base64Url.EncodeToString(target.Auth));
        return subscription;
    }

    private PushMessage MessageOf(OutgoingNotification notification, string payload) => new(payload)
    {
        TimeToLive = (int)_options.TimeToLive.TotalSeconds,
        Urgency = notification.Category == NotificationCategories.Security ? PushMessageUrgency.High : PushMessageUrgency.Normal,
        // A repeat takes the place of what the push service still has for a browser that is away (RFC 8030 §5.4).
        Topic = $"n{notification.Id}",
    };

    /// <param name="Trouble">Why it was not taken; null where it was.</param>
    /// <param name="RetryAfter">How long the push service wants to be left alone.</param>
    private sealed record Answer(string? Trouble, bool MayBeTriedAgain = false, TimeSpan RetryAfter = default);

    [LoggerMessage(
        LogLevel.Warning, "The push service {Host} answers {Status}: it does not accept this system's token. Look at the clock, Push:Vapid:Subject and the VAPID key")]
    private partial void LogTokenRefused(string host, int status);
}
