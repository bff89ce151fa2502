using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Airliner.Contracts.Records;
using Airliner.Contracts.Users;
using Airliner.Notifications.Grains.Mail;
using Airliner.Notifications.Grains.Templates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Airliner.Notifications.Grains;

/// <summary>
/// One notification's life and its delivery attempts. Key: the notification's id. Store: table <c>notifications</c>. A delivery is one turn, so
/// none runs twice at once. Only a silo that dies, or loses its database, between the provider's answer and the commit sends a mail once more,
/// under the same <c>Message-Id</c>.
/// </summary>
[GrainType("notification")]
[CollectionAgeLimit(Minutes = 2)]
internal sealed partial class NotificationGrain(
    [PersistentState("notification", NotificationState.Table)] IPersistentState<NotificationState> state,
    TemplateLibrary templates,
    MailComposer composer,
    IMailTransport transport,
    RetrySchedule schedule,
    IOptions<DeliveryOptions> options,
    TimeProvider time,
    ILogger<NotificationGrain> logger) : Grain, INotificationGrain
{
    private const int MaxErrorLength = 1000;

    private NotificationState? _committed;

    // What an attempt came to, until it is committed: a database that takes no writes must not make every further attempt another mail.
    private NotificationState? _unsaved;

    private Task? _reading;

    private long Id => this.GetPrimaryKeyLong();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _committed = state.RecordExists ? state.State : null;
        return Task.CompletedTask;
    }

    public async Task Deliver()
    {
        if (_unsaved is null)
        {
            if (_committed is null)
                await ReadAgainAsync();
            if (_committed is null || !_committed.IsDue(time.Now()))
                return;
            _unsaved = await TryAsync(_committed);
        }

        await state.CommitAsync(_unsaved);
        _committed = state.State;
        _unsaved = null;
        LogTried(logger, Id, _committed.Channel, _committed.Status, _committed.Attempts);
        if (_committed.HasEnded)
            DeactivateOnIdle();
    }

    public async Task<MarkReadResult> MarkRead(long userId)
    {
        if (_committed is null)
            await ReadAgainAsync();
        if (_committed is not { } current || current.UserId != userId)
            return new(MarkReadOutcome.NotFound);
        if (!current.IsInInbox)
            return new(MarkReadOutcome.NotInInbox, current.ToView(Id, withDeliveries: false));
        var next = current.Read(time.Now());
        if (!ReferenceEquals(next, current))
            await state.CommitAsync(next);
        _committed = state.State;
        DeactivateOnIdle();
        return new(MarkReadOutcome.Read, _committed.ToView(Id, withDeliveries: false));
    }

    public async Task Erase()
    {
        if (_committed is null)
            await ReadAgainAsync();
        // An attempt whose outcome waits for its commit counts: whoever it reached, it is not tried again.
        if ((_unsaved ?? _committed) is not { } current)
            return;
        await transport.RemoveAsync(Id);
        var next = current.Erased();
        if (!ReferenceEquals(next, _committed))
            await state.CommitAsync(next);
        _committed = state.State;
        _unsaved = null;
        DeactivateOnIdle();
    }

    public async Task<NotificationView?> Get()
    {
        if (_committed is null)
            await ReadAgainAsync();
        return _committed?.ToView(Id, withDeliveries: true);
    }

    /// <summary>Rows are inserted beside the grain, so one that was asked for too early may be there now. Calls that interleave share the read.</summary>
    private Task ReadAgainAsync() => _reading is { IsCompleted: false } ? _reading : _reading = ReadAsync();

    private async Task ReadAsync()
    {
        await state.ReadStateAsync();
        _committed = state.RecordExists ? state.State : null;
    }

    /// <summary>What an attempt makes of the notification.</summary>
    private async Task<NotificationState> TryAsync(NotificationState current)
    {
        Addressee addressee;
        try
        {
            addressee = await Addressee.OfAsync(GrainFactory.GetGrain<IUserGrain>(current.UserId), current.EventType, current.Data);
        }
        catch (Exception error)
        {
            // Whatever keeps the user's silo from answering, the mail can wait.
            return Failed(current, "users", $"The user's address is not to be had: {error.Message}");
        }

        return addressee.Obstacle is { } obstacle ? current.Suppressed(obstacle) : await SendAsync(current with { Recipient = addressee.Address }, addressee);
    }

    private async Task<NotificationState> SendAsync(NotificationState current, Addressee addressee)
    {
        using var timeout = new CancellationTokenSource(options.Value.SendTimeout, time);
        try
        {
            var mail = templates.RenderMail(current.EventType, current.Data, addressee.Extras);
            current = current with { Subject = mail.Subject };
            var message = composer.Compose(Id, current.CreatedAt, addressee.Name, addressee.Address, mail);
            var answer = await transport.SendAsync(message, timeout.Token);
            return current.Sent(Id, new DeliveryAttempt(time.Now(), transport.Name, null, Storable(answer)));
        }
        catch (MailRefusedException refused)
        {
            return current.Dead(Id, new DeliveryAttempt(time.Now(), transport.Name, Storable(refused.Message), null));
        }
        catch (OperationCanceledException)
        {
            return Failed(current, transport.Name, $"No answer within {options.Value.SendTimeout.TotalSeconds:0} seconds.");
        }
        catch (Exception error)
        {
            // A server that is away, a full disk, a template that cannot render this event: all of it can be put right while the mail waits.
            LogFailed(logger, Id, transport.Name, error.GetType().Name);
            return Failed(current, transport.Name, error.Message);
        }
    }

    private NotificationState Failed(NotificationState current, string provider, string error)
    {
        var attempt = new DeliveryAttempt(time.Now(), provider, Storable(error), null);
        return schedule.Next(current.Attempts + 1, current.CreatedAt, attempt.At, Random.Shared.NextDouble()) is { } next
            ? current.Postponed(attempt, next)
            : current.Dead(Id, attempt);
    }

    /// <summary>A foreign text as the table takes it: on one line, without NUL, and not of any length.</summary>
    private static string Storable(string text) => SingleLine.Of(text, MaxErrorLength);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Notification {Id} by {Channel} is {Status} after {Attempts} attempts")]
    private static partial void LogTried(ILogger logger, long id, string channel, string status, int attempts);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Notification {Id} was not taken by {Provider}: {Error}")]
    private static partial void LogFailed(ILogger logger, long id, string provider, string error);
}
