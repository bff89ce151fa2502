using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Airliner.Contracts;
using Airliner.ServiceDefaults.Outbound;
using Airliner.Tasks.Grains.Webhooks;

namespace Airliner.Tasks.Silo.Webhooks;

/// <summary>Posts deliveries, a bounded number at once.</summary>
internal sealed class WebhookSender(OutboundHttp http, AllowedHosts allowed, WebhookOptions options, IHostApplicationLifetime lifetime, TimeProvider time)
    : IWebhookSender, IDisposable
{
    private static readonly TimeSpan _longestRetryAfter = TimeSpan.FromDays(1);

    private readonly SemaphoreSlim _free = new(options.MostAtOncePerSilo);

    public async Task<WebhookAnswer> SendAsync(WebhookRequest request)
    {
        // What was allowed when the webhook was made may be so no longer.
        if (!OutboundAddress.TryParse(request.Url, allowed, out var url, out var complaint))
            return new($"The address {complaint}");
        await _free.WaitAsync(lifetime.ApplicationStopping);
        try
        {
            return await PostAsync(url, request);
        }
        finally
        {
            _free.Release();
        }
    }

    public void Dispose() => _free.Dispose();

    private async Task<WebhookAnswer> PostAsync(Uri url, WebhookRequest request)
    {
        using var patience = new CancellationTokenSource(options.AnswersWithin, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping, patience.Token);
        // Now, and not before its turn came: endpoints refuse what was signed minutes ago.
        var sentAt = time.GetUtcNow().ToUnixTimeSeconds();
        using var message = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(request.Body) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        message.Headers.UserAgent.ParseAdd("Airliner-Webhooks/1.0");
        message.Headers.Add("webhook-id", request.Id);
        message.Headers.Add("webhook-timestamp", sentAt.ToString(CultureInfo.InvariantCulture));
        message.Headers.Add("webhook-signature", WebhookSignature.Of(request.Secret, request.Id, sentAt, request.Body));
        try
        {
            using var answer = await http.Client.SendAsync(message, either.Token);
            return Read(answer);
        }
        catch (HttpRequestException error)
        {
            return new(AddressRefusedException.In(error)?.Message ?? $"The endpoint cannot be reached ({error.HttpRequestError}).");
        }
        catch (OperationCanceledException) when (!lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return new($"The endpoint did not answer within {options.AnswersWithin.TotalSeconds} seconds.");
        }
    }

    private WebhookAnswer Read(HttpResponseMessage answer) => answer.StatusCode switch
    {
        >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices => new(Trouble: null),
        HttpStatusCode.Gone => new("The endpoint answered 410: it is gone.", IsGone: true),
        >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => new($"The endpoint answered {(int)answer.StatusCode}; redirects are not followed."),
        HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable => new($"The endpoint answered {(int)answer.StatusCode}.", RetryAfter: RetryAfter(answer)),
        var status => new($"The endpoint answered {(int)status}."),
    };

    private TimeSpan? RetryAfter(HttpResponseMessage answer)
    {
        var asked = answer.Headers.RetryAfter?.Delta ?? answer.Headers.RetryAfter?.Date - time.GetUtcNow();
        return asked > _longestRetryAfter ? _longestRetryAfter : asked;
    }
}
