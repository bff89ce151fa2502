using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Airliner.Notifications.Silo.Delivery;

/// <summary>
/// Calls the grain of every notification that is due, a bounded number at once. What is due is in the table alone, so nothing is lost with a silo,
/// and each silo may sweep: a notification that two find is tried by its one grain. Those of security have a sweep of their own, so that a code does not wait
/// behind whatever else is due until it has expired.
/// </summary>
internal sealed partial class NotificationDeliverySweep(
    [FromKeyedServices(NotificationsModule.Service)] NpgsqlDataSource database,
    IGrainFactory grains,
    DeliverySignal signal,
    IOptions<DeliveryOptions> options,
    TimeProvider time,
    ILogger<NotificationDeliverySweep> logger) : BackgroundService
{
    private static readonly string[] _ofSecurity =
        [.. NotificationRules.All.Select(rule => rule.EventType).Distinct().Where(type => NotificationRules.CategoryOf(type) == NotificationCategories.Security)];

    private readonly ConcurrentDictionary<long, bool> _underWay = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll(
                SweepAsync(new(ofSecurity: true), options.Value.SecurityConcurrency, stoppingToken), SweepAsync(new(ofSecurity: false), options.Value.Concurrency, stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops. What was under way is found again by the next sweep.
        }
    }

    private Task SweepAsync(Sweep sweep, int atOnce, CancellationToken stoppingToken) => Parallel.ForEachAsync(
        FindDueAsync(sweep, stoppingToken),
        new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = stoppingToken },
        (id, cancellationToken) => DeliverAsync(sweep, id, cancellationToken));

    /// <summary>Ids of due notifications, without end; none that is under way in this silo.</summary>
    private async IAsyncEnumerable<long> FindDueAsync(Sweep sweep, [EnumeratorCancellation] CancellationToken stoppingToken)
    {
        while (true)
        {
            sweep.HasFailed = false;
            var page = await TryReadPageAsync(sweep, stoppingToken);
            foreach (var id in page)
                yield return id;

            // A full page means that more is due. After a failure it may be the same again, so that waits.
            if (page.Count < options.Value.PageSize || sweep.HasFailed)
                await signal.WaitAsync(sweep.OfSecurity, options.Value.PollInterval, stoppingToken);
        }
    }

    private async Task<IReadOnlyList<long>> TryReadPageAsync(Sweep sweep, CancellationToken stoppingToken)
    {
        try
        {
            return await ReadPageAsync(sweep, stoppingToken);
        }
        catch (Exception error) when (!stoppingToken.IsCancellationRequested)
        {
            // The sweep must outlive a database that is away: it looks again in a moment.
            LogNotRead(logger, error.Message);
            return [];
        }
    }

    private async Task<IReadOnlyList<long>> ReadPageAsync(Sweep sweep, CancellationToken stoppingToken)
    {
        await using var command = database.CreateCommand(
            $"""
            select id from notifications
            where status = 'pending' and next_attempt_at <= $1 and id <> all($2) and event_type {(sweep.OfSecurity ? "= any($4)" : "<> all($4)")}
            order by next_attempt_at limit $3
            """);
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.Now() });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. _underWay.Keys], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = options.Value.PageSize });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = _ofSecurity });
        await using var reader = await command.ExecuteReaderAsync(stoppingToken);
        var due = new List<long>();
        while (await reader.ReadAsync(stoppingToken))
        {
            due.Add(reader.GetInt64(0));
            _underWay.TryAdd(due[^1], true);
        }

        return due;
    }

    private async ValueTask DeliverAsync(Sweep sweep, long id, CancellationToken stoppingToken)
    {
        try
        {
            await grains.GetGrain<INotificationGrain>(id).Deliver().WaitAsync(stoppingToken);
        }
        catch (Exception error) when (!stoppingToken.IsCancellationRequested)
        {
            // Its row says that it is still due: the next look finds it.
            sweep.HasFailed = true;
            LogNotDelivered(logger, id, error);
        }
        finally
        {
            _underWay.TryRemove(id, out _);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Due notifications cannot be read: {Error}")]
    private static partial void LogNotRead(ILogger logger, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Notification {Id} could not be tried")]
    private static partial void LogNotDelivered(ILogger logger, long id, Exception error);

    /// <summary>One of the two sweeps.</summary>
    private sealed class Sweep(bool ofSecurity)
    {
        private volatile bool _hasFailed;

        /// <summary>Whether it looks for notifications of security, or for all others.</summary>
        public bool OfSecurity => ofSecurity;

        /// <summary>Whether a delivery of the page has failed.</summary>
        public bool HasFailed
        {
            get => _hasFailed;
            set => _hasFailed = value;
        }
    }
}
