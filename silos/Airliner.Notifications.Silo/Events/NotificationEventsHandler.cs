using System.Collections.ObjectModel;
using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Airliner.Contracts.Records;
using Airliner.Kafka.Consumers;
using Airliner.Kafka.Erasure;
using Airliner.Notifications.Grains;
using Airliner.Notifications.Grains.Templates;
using Airliner.Notifications.Silo.Delivery;
using Airliner.Notifications.Silo.Storage;
using Airliner.Persistence.Postgres.Records;
using Npgsql;

namespace Airliner.Notifications.Silo.Events;

/// <summary>
/// Makes the notifications of a batch of events by the channels that the operator has them go by and their users want: all rows in one transaction, without a grain for any.
/// What an event has already made is passed over, so a batch may come again. Of users who were deleted everything is erased. An inbox entry is
/// sent by being there; a mail waits for its delivery, which is told at once.
/// </summary>
internal sealed partial class NotificationEventsHandler(
    RecordStorage<long, NotificationState> notifications,
    [FromKeyedServices(NotificationState.Table)] RecordIds ids,
    [FromKeyedServices(NotificationsModule.Service)] NpgsqlDataSource database,
    TemplateLibrary templates,
    EventChannels channels,
    DeliverySignal signal,
    [FromKeyedServices(NotificationsModule.Service)] UserErasure erasure,
    TimeProvider time,
    ILogger<NotificationEventsHandler> logger) : IEventHandler
{
    public string Group => "notification-service-group";

    public IReadOnlyList<string> Topics { get; } =
        [Contracts.Events.Topics.UserRegistration, Contracts.Events.Topics.Auth, Contracts.Events.Topics.Tasks];

    /// <inheritdoc/>
    /// <exception cref="StorageUnavailableException">The database is away: nothing of the batch was taken.</exception>
    /// <exception cref="Orleans.Storage.InconsistentStateException">The connection was lost; the batch may come again.</exception>
    public async Task<IReadOnlyList<EventRejection>> HandleAsync(IReadOnlyList<ConsumedEvent> events, CancellationToken cancellationToken)
    {
        var rejected = new List<EventRejection>();
        var wanted = new List<Wanted>(events.Count);
        var now = time.Now();
        var plans = events.Select(PlanFor).ToList();
        var preferences = await FindPreferencesAsync(plans, cancellationToken);
        foreach (var (consumed, plan) in events.Zip(plans))
        {
            if (AddWanted(wanted, consumed, plan, preferences.GetValueOrDefault(plan.UserId, NotificationPreferences.Default), now) is { } reason)
                rejected.Add(new EventRejection(consumed, reason));
        }

        if (wanted.Count > 0)
            await InsertAsync(wanted, now, cancellationToken);
        // After the inserts: what the batch tells of the user before goes with the rest.
        rejected.AddRange(await erasure.HandleAsync(events, cancellationToken));
        return rejected;
    }

    private NotificationPlan PlanFor(ConsumedEvent consumed) =>
        channels.Limit(NotificationRules.PlanFor(consumed.Id, consumed.Type, consumed.Value, consumed.TraceParent), consumed.Type);

    /// <summary>The preferences of all whom the batch tells of something, in one query. Whoever has set none is not among them.</summary>
    private async Task<IReadOnlyDictionary<long, NotificationPreferences>> FindPreferencesAsync(List<NotificationPlan> plans, CancellationToken cancellationToken)
    {
        var users = plans.Where(plan => plan.Channels.Count > 0).Select(plan => plan.UserId).ToList();
        return users.Count == 0
            ? ReadOnlyDictionary<long, NotificationPreferences>.Empty
            : await RecipientTable.FindPreferencesAsync(database, users, cancellationToken);
    }

    /// <returns>Why the event can never be handled, null where it was.</returns>
    private string? AddWanted(List<Wanted> wanted, ConsumedEvent source, NotificationPlan plan, NotificationPreferences preferences, DateTimeOffset now)
    {
        try
        {
            // Rendered before any is added: a refused event makes nothing.
            string[] wantedBy = [.. plan.ChannelsFor(preferences)];
            var entry = wantedBy.Contains(Channels.InApp) ? EntryOf(source.Type, preferences.Locale, plan.Data) : null;
            foreach (var channel in wantedBy)
                wanted.Add(new(NotificationState.Pending(source.Id, source.Type, channel, plan, now), channel == Channels.InApp ? entry : null));
            return plan.Refusal;
        }
        catch (TemplateException error)
        {
            return error.Message;
        }
    }

    /// <summary>The inbox's line. An operator's template that cannot render what came holds up nothing that the event makes in other channels.</summary>
    /// <exception cref="TemplateException">Nor can the one that comes with the program.</exception>
    private string EntryOf(string eventType, string locale, string data)
    {
        try
        {
            return templates.Render(eventType, Channels.InApp, locale, data).Subject;
        }
        catch (TemplateException error)
        {
            LogNotRendered(logger, eventType, error.Message);
            return templates.RenderBuiltIn(eventType, Channels.InApp, locale, data).Subject;
        }
    }

    private async Task InsertAsync(List<Wanted> wanted, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var keys = await ids.TakeAsync(wanted.Count, cancellationToken);
        var rows = keys.Zip(wanted, (id, one) => KeyValuePair.Create(id, one.Entry is null ? one.State : one.State.Posted(id, one.Entry, now)));
        var inserted = await notifications.InsertNewAsync(rows, cancellationToken);
        LogInserted(logger, inserted.Count, wanted.Count - inserted.Count);
        var due = keys.Zip(wanted).Where(pair => pair.Second.Entry is null && inserted.Contains(pair.First));
        foreach (var lane in due.Select(pair => DeliveryLane.Of(pair.Second.State)).Distinct())
            signal.Notify(lane);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Inserted} notifications are new, {Repeated} were there already")]
    private static partial void LogInserted(ILogger logger, int inserted, int repeated);

    [LoggerMessage(Level = LogLevel.Warning, Message = "An entry of the inbox that tells of {EventType} has the built-in text: {Error}")]
    private static partial void LogNotRendered(ILogger logger, string eventType, string error);

    /// <param name="Entry">The inbox's line; null where it is delivered by something else.</param>
    private readonly record struct Wanted(NotificationState State, string? Entry);
}
