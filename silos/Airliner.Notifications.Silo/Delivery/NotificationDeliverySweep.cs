using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains;
using Airliner.Notifications.Grains.Providers;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Airliner.Notifications.Silo.Delivery;

/// <summary>
/// Claims the notifications that are due, a page in one statement, and has the grain of each deliver it, a bounded number at once. What is due is in the table alone, so
/// nothing is lost with a silo: what it had claimed is due again when the claim has ended. Each silo may sweep, since none finds what another has claimed. Those of
/// security have a sweep of their own, so that a code does not wait behind whatever else is due until it has expired.
/// </summary>
internal sealed partial class NotificationDeliverySweep(
    [FromKeyedServices(NotificationsModule.Service)] NpgsqlDataSource database,
    IGrainFactory grains,
    ChannelRouter router,
    DeliverySignal signal,
    IOptions<DeliveryOptions> options,
    TimeProvider time,
    ILogger<NotificationDeliverySweep> logger) : BackgroundService
{
    /// <summary>How long what was claimed may wait for its turn; a grain that is called later has to claim once more.</summary>
    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(15);

    private static readonly string[] _ofSecurity =
        [.. NotificationRules.All.Select(rule => rule.EventType).Distinct().Where(type => NotificationRules.CategoryOf(type) == NotificationCategories.Security)];

    private readonly ConcurrentBag<Due> _notCalled = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.WhenAll(
            SweepAsync(new(ofSecurity: true), options.Value.SecurityConcurrency, stoppingToken), SweepAsync(new(ofSecurity: false), options.Value.Concurrency, stoppingToken));
        await GiveBackAsync();
    }

    private Task SweepAsync(Sweep sweep, int atOnce, CancellationToken stoppingToken) => Parallel.ForEachAsync(
        ClaimDueAsync(sweep, stoppingToken),
        new ParallelOptions { MaxDegreeOfParallelism = atOnce },
        (due, _) => DeliverAsync(sweep, due, stoppingToken));

    /// <summary>Due notifications, until the silo stops; each is claimed for one call.</summary>
    private async IAsyncEnumerable<Due> ClaimDueAsync(Sweep sweep, [EnumeratorCancellation] CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            sweep.HasFailed = false;
            var page = await TryClaimPageAsync(sweep);
            foreach (var due in page)
                yield return due;

            // A full page means that more is due. After a failure that may fail as well, so it waits.
            if (page.Count < options.Value.PageSize || sweep.HasFailed)
                await signal.WaitAsync(sweep.OfSecurity, options.Value.PollInterval, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<IReadOnlyList<Due>> TryClaimPageAsync(Sweep sweep)
    {
        try
        {
            return await ClaimPageAsync(sweep);
        }
        catch (Exception error)
        {
            // The sweep must outlive a database that is away: it looks again in a moment.
            LogNotClaimed(logger, error.Message);
            return [];
        }
    }

    private async Task<IReadOnlyList<Due>> ClaimPageAsync(Sweep sweep)
    {
        await using var command = database.CreateCommand(
            $"""
            with due as (
                select id, channel, next_attempt_at from notifications
                where status = 'pending' and next_attempt_at <= $1 and event_type {(sweep.OfSecurity ? "= any($3)" : "<> all($3)")}
                order by next_attempt_at limit $2 for update skip locked
            )
            update notifications as claimed set version = claimed.version + 1, next_attempt_at = coalesce(claim.until, $1 + interval '1 minute')
            from due left join unnest($4::text[], $5::timestamptz[]) as claim (channel, until) using (channel)
            where claimed.id = due.id
            returning claimed.id, claimed.version, due.next_attempt_at
            """);
        var now = time.Now();
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = options.Value.PageSize });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = _ofSecurity });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. Channels.All] });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset[]> { TypedValue = [.. Channels.All.Select(channel => now + router.LongestAttempt(channel) + _longestWait)] });
        // Not cancelled when the silo stops: what it has claimed is given back.
        await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
        var page = new List<Due>();
        while (await reader.ReadAsync(CancellationToken.None))
            page.Add(new(reader.GetInt64(0), new(reader.GetInt64(1), reader.GetFieldValue<DateTimeOffset>(2))));
        return [.. page.OrderBy(due => due.Claim.DueAt)];
    }

    private async ValueTask DeliverAsync(Sweep sweep, Due due, CancellationToken stoppingToken)
    {
        if (stoppingToken.IsCancellationRequested)
        {
            _notCalled.Add(due);
            return;
        }

        try
        {
            await grains.GetGrain<INotificationGrain>(due.Id).Deliver(due.Claim).WaitAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The grain goes on, here or in another silo.
        }
        catch (Exception error)
        {
            // Its row says that it is due when the claim has ended, or sooner where the grain could give it back.
            sweep.HasFailed = true;
            LogNotDelivered(logger, due.Id, error);
        }
    }

    /// <summary>Has what was claimed, and of which no grain knows, due again for the other silos.</summary>
    private async Task GiveBackAsync()
    {
        if (_notCalled.IsEmpty)
            return;
        try
        {
            await using var command = database.CreateCommand(
                """
                update notifications as claimed set version = claimed.version + 1, next_attempt_at = due.at
                from unnest($1::bigint[], $2::bigint[], $3::timestamptz[]) as due (id, version, at)
                where claimed.id = due.id and claimed.version = due.version
                """);
            // The time in which the silo has to stop is not for this: what is not given back is due when its claim has ended.
            command.CommandTimeout = 3;
            command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. _notCalled.Select(due => due.Id)] });
            command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. _notCalled.Select(due => due.Claim.Version)] });
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset[]> { TypedValue = [.. _notCalled.Select(due => due.Claim.DueAt)] });
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (Exception error)
        {
            LogNotGivenBack(logger, _notCalled.Count, error.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Due notifications cannot be claimed: {Error}")]
    private static partial void LogNotClaimed(ILogger logger, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Notification {Id} could not be tried")]
    private static partial void LogNotDelivered(ILogger logger, long id, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} notifications wait until their claims end: {Error}")]
    private static partial void LogNotGivenBack(ILogger logger, int count, string error);

    /// <summary>A notification that is due, claimed.</summary>
    private readonly record struct Due(long Id, DeliveryClaim Claim);

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
