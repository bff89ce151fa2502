using Airliner.Contracts;
using Airliner.Contracts.Records;
using Airliner.Contracts.Tasks;
using Microsoft.Extensions.Logging;

namespace Airliner.Tasks.Grains.Webhooks;

/// <summary>
/// One webhook. Key: webhook id. Store: table <c>webhooks</c>. As the one activation it is also what keeps two silos from telling the endpoint the same; a silo that
/// is lost between an answer and its commit makes it told again, under the same id.
/// </summary>
[GrainType("webhook")]
[CollectionAgeLimit(Minutes = 2)]
internal sealed partial class WebhookGrain(
    [PersistentState("webhook", WebhookState.Table)] IPersistentState<WebhookState> webhook,
    IWebhookDeliveries deliveries,
    IWebhookSender sender,
    WebhookVault vault,
    WebhookSchedule schedule,
    WebhookOptions options,
    TimeProvider time,
    ILogger<WebhookGrain> log) : Grain, IWebhookGrain, IDisposable
{
    // Deliveries interleave with the other calls, but their commits do not.
    private readonly SemaphoreSlim _committing = new(1);
    private bool _isDelivering;
    private bool _isWanted;

    // What tries came to, until it is saved: a database that takes no writes must not make every further try another request.
    private IReadOnlyList<TriedDelivery> _unsaved = [];

    private string Id => this.GetPrimaryKeyString();

    public async Task<WebhookView> Create(CreateWebhook command)
    {
        if (webhook.RecordExists && webhook.State.UserId != command.UserId)
            throw new InvalidOperationException($"The random id {Id} is taken.");
        if (!webhook.RecordExists)
            await webhook.CommitAsync(WebhookState.Created(command, vault, time.Now()));
        return webhook.State.View(Id);
    }

    public async Task<bool> Delete(long userId)
    {
        await _committing.WaitAsync();
        try
        {
            if (!webhook.RecordExists || webhook.State.UserId != userId)
                return false;
            await webhook.ClearStateAsync();
            DeactivateOnIdle();
            return true;
        }
        finally
        {
            _committing.Release();
        }
    }

    public async Task Deliver()
    {
        _isWanted = true;
        if (_isDelivering)
            return;
        _isDelivering = true;
        try
        {
            while (_isWanted)
            {
                _isWanted = false;
                while (await DeliverSomeAsync())
                {
                }
            }
        }
        catch (Exception error)
        {
            // Its rows say that they are still due: the next look finds them.
            LogNotDelivered(error, Id);
            throw;
        }
        finally
        {
            _isDelivering = false;
        }
    }

    public void Dispose() => _committing.Dispose();

    /// <summary>Tries as many of what is due as may be under way at once.</summary>
    /// <returns>Whether the endpoint took something, and may get more.</returns>
    private async Task<bool> DeliverSomeAsync()
    {
        await SaveAsync();
        var now = time.Now();
        if (!webhook.RecordExists || !webhook.State.MayBeTried(now))
            return false;
        // Of an endpoint that fails one delivery finds out whether it still does: the places of the others are not filled with what is waited for in vain.
        var due = await deliveries.FindDueAsync(Id, now, webhook.State.Failures > 0 ? 1 : options.MostAtOnce);
        if (due.Count == 0 || !webhook.RecordExists)
            return false;
        var (url, secret) = (webhook.State.Url, vault.Open(Id, webhook.State.SealedSecret));
        _unsaved = [.. (await Task.WhenAll(due.Select(delivery => TryAsync(delivery, url, secret)))).OfType<TriedDelivery>()];
        var isWhole = _unsaved.Count == due.Count;
        await SaveAsync();
        return isWhole;
    }

    /// <summary>Null where the silo stops before there is an answer.</summary>
    private async Task<TriedDelivery?> TryAsync(WebhookDelivery delivery, string url, byte[] secret)
    {
        WebhookAnswer answer;
        try
        {
            answer = await sender.SendAsync(new(url, delivery.EventId, secret, delivery.Body()));
        }
        catch (OperationCanceledException)
        {
            return null;
        }

        var attempts = delivery.Attempts + 1;
        if (answer.Trouble is null)
            return new(delivery.EventId, attempts, DeliveryStatuses.Delivered, null, answer);
        return schedule.After(attempts, Random.Shared.NextDouble()) is { } wait
            ? new(delivery.EventId, attempts, DeliveryStatuses.Pending, time.Now() + (answer.RetryAfter > wait ? answer.RetryAfter.Value : wait), answer)
            : new(delivery.EventId, attempts, DeliveryStatuses.Failed, null, answer);
    }

    private async Task SaveAsync()
    {
        if (_unsaved.Count == 0)
            return;
        await deliveries.SaveAsync(Id, _unsaved);
        await _committing.WaitAsync();
        try
        {
            if (webhook.RecordExists)
                await CommitTriedAsync();
        }
        finally
        {
            _committing.Release();
        }

        _unsaved = [];
    }

    private async Task CommitTriedAsync()
    {
        var next = webhook.State.Tried([.. _unsaved.Select(one => one.Answer)], schedule, options.DisabledAfter, time.Now());
        if (!ReferenceEquals(next, webhook.State))
            await webhook.CommitAsync(next);
        if (next.Status == WebhookStatuses.Disabled)
        {
            LogDisabled(Id, next.LastError);
            await deliveries.GiveUpAsync(Id);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Webhook {WebhookId} could not be told; what is due is found again")]
    private partial void LogNotDelivered(Exception error, string webhookId);

    [LoggerMessage(LogLevel.Information, "Webhook {WebhookId} is disabled: {Reason}")]
    private partial void LogDisabled(string webhookId, string? reason);
}
