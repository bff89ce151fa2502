using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Airliner.Contracts.Events;
using Airliner.Contracts.Records;
using Airliner.Contracts.Tasks;
using Airliner.Kafka.Consumers;
using Airliner.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Airliner.Tasks.Tests.Webhooks;

/// <summary>Webhooks from the consumed event to somebody's HTTPS server.</summary>
public sealed class WebhookDeliveryTests(PostgresServer postgres, HookedSilo shared) : IClassFixture<HookedSilo>
{
    private readonly HookedSilos _silos = shared.Silos;

    [Fact]
    public async Task An_event_is_posted_signed_with_its_own_id()
    {
        var hook = await _silos.AddAsync();

        await _silos.TakeAsync(HookedSilos.Event("event-1", hook.UserId));

        var request = await hook.Endpoint.NextAsync();
        Assert.Equal(("POST", "application/json", "event-1"), (request.Method, request.Headers["Content-Type"], request.Headers["webhook-id"]));
        Assert.Equal(
            """{"type":"task_created","timestamp":"2026-03-01T11:00:00.000000Z","data":{"eventType": "task_created", "taskId": 7, "userId": USER, "text": "\u0000é"}}"""
                .Replace("USER", $"{hook.UserId}", StringComparison.Ordinal),
            request.Body);
        var signed = Encoding.UTF8.GetBytes($"event-1.{request.Headers["webhook-timestamp"]}.{request.Body}");
        Assert.Equal($"v1,{Convert.ToBase64String(HMACSHA256.HashData(HookedSilos.Secret, signed))}", request.Headers["webhook-signature"]);
        var sentAt = DateTimeOffset.FromUnixTimeSeconds(long.Parse(request.Headers["webhook-timestamp"], CultureInfo.InvariantCulture));
        Assert.InRange(sentAt, TimeProvider.System.GetUtcNow().AddMinutes(-5), TimeProvider.System.GetUtcNow());
        Assert.Equal([new("event-1", "delivered", 1, HasData: false)], await _silos.EndedAsync(hook));
        Assert.Null((await _silos.ViewAsync(hook, webhook => webhook.LastSuccessAt is not null)).LastError);
    }

    [Fact]
    public async Task An_event_that_comes_again_is_delivered_once_to_each_webhook()
    {
        var user = HookedSilos.NewUser();
        Hook[] hooks = [await _silos.AddAsync(user), await _silos.AddAsync(user)];
        var (first, second, third) = (HookedSilos.Event("event-1", user), HookedSilos.Event("event-2", user), HookedSilos.Event("event-3", user));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _silos.TakeAsync(first, first, second)));
        foreach (var hook in hooks)
            Assert.Equal(["event-1", "event-2"], (await _silos.EndedAsync(hook)).Select(delivery => delivery.EventId));
        await _silos.TakeAsync(second, third);

        foreach (var hook in hooks)
        {
            Assert.Equal(3, (await _silos.EndedAsync(hook)).Count);
            var told = new[] { await hook.Endpoint.NextAsync(), await hook.Endpoint.NextAsync(), await hook.Endpoint.NextAsync() };
            Assert.Equal(["event-1", "event-2", "event-3"], told.Select(request => request.Headers["webhook-id"]).Order(StringComparer.Ordinal));
            Assert.True(hook.Endpoint.HasNoMore);
        }
    }

    [Fact]
    public async Task A_webhook_may_be_told_of_groups_that_are_complete()
    {
        Assert.Contains("task_group_completed", TaskEventTypes.All);
        var hook = await _silos.AddAsync(events: "task_group_completed");
        var completed = new TaskGroupCompleted("g_1", "nightly", hook.UserId, Total: 2, Completed: 1, Failed: 1, Cancelled: 0);

        await _silos.TakeAsync(HookedSilos.Event("event-1", hook.UserId, completed.EventType) with
        {
            Value = JsonSerializer.SerializeToElement(completed, JsonSerializerOptions.Web),
        });

        Assert.Contains("\"groupId\":\"g_1\"", (await hook.Endpoint.NextAsync()).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_that_can_never_be_kept_is_refused_and_holds_up_no_other()
    {
        var hook = await _silos.AddAsync();
        var good = HookedSilos.Event("event-1", hook.UserId);
        ConsumedEvent[] bad =
        [
            good with { Id = "event-\0" },
            good with { Id = new string([.. Enumerable.Range(0, 100_000).Select(i => (char)(0x4E00 + (i * 7919 % 20_000)))]) },
        ];
        foreach (var one in bad)
            await Assert.ThrowsAsync<RecordRejectedException>(() => _silos.TakeAsync(good, one));
        Assert.Empty(await _silos.DeliveriesAsync(hook));

        await _silos.TakeAsync(good);
        Assert.Equal(["event-1"], (await _silos.EndedAsync(hook)).Select(delivery => delivery.EventId));
    }

    [Fact]
    public async Task A_webhook_is_told_of_its_owner_s_events_of_its_types_alone()
    {
        var hook = await _silos.AddAsync(events: "task_completed");
        var other = await _silos.AddAsync();

        await _silos.TakeAsync(
            HookedSilos.Event("event-1", hook.UserId),
            HookedSilos.Event("event-2", HookedSilos.NewUser(), "task_completed"),
            HookedSilos.Event("event-3", hook.UserId, "task_completed", Topics.UserRegistration),
            HookedSilos.Event("event-4", hook.UserId, "task_unheard_of"),
            HookedSilos.Event("event-5", hook.UserId, "task_completed"));

        Assert.Equal(["event-5"], (await _silos.EndedAsync(hook)).Select(delivery => delivery.EventId));
        Assert.Empty(await _silos.DeliveriesAsync(other));
        Assert.Equal("event-5", (await hook.Endpoint.NextAsync()).Headers["webhook-id"]);
        Assert.True(hook.Endpoint.HasNoMore);
    }

    [Fact]
    public async Task A_delivery_that_fails_is_tried_again_with_the_same_message()
    {
        var hook = await _silos.AddAsync();
        var asked = 0;
        hook.Endpoint.Answer = http => Answering(Interlocked.Increment(ref asked) == 1 ? 500 : 204)(http);
        await _silos.TakeAsync(HookedSilos.Event("event-1", hook.UserId));

        var view = await _silos.ViewAsync(hook, webhook => webhook.LastSuccessAt is not null);
        var (first, second) = (await hook.Endpoint.NextAsync(), await hook.Endpoint.NextAsync());
        Assert.Equal((first.Headers["webhook-id"], first.Body), (second.Headers["webhook-id"], second.Body));
        Assert.Equal((WebhookStatuses.Active, null, "The endpoint answered 500."), (view.Status, view.FailingSince, view.LastError));
        Assert.Equal("delivered", Assert.Single(await _silos.EndedAsync(hook)).Status);
    }

    [Fact]
    public async Task A_delivery_that_fails_each_time_is_given_up()
    {
        var hook = await _silos.AddAsync();
        hook.Endpoint.Answer = Answering(404);
        await _silos.TakeAsync(HookedSilos.Event("event-1", hook.UserId));

        Assert.Equal([new("event-1", "failed", 3, HasData: false)], await _silos.EndedAsync(hook));
        var view = await _silos.ViewAsync(hook, webhook => webhook.FailingSince is not null);
        Assert.Equal((WebhookStatuses.Active, "The endpoint answered 404."), (view.Status, view.LastError));
    }

    [Fact]
    public async Task An_endpoint_that_is_gone_is_disabled_and_told_no_more()
    {
        var hook = await _silos.AddAsync();
        hook.Endpoint.Answer = Answering(410);
        await AssertDisabledAsync(_silos, hook, "it is gone");
    }

    [Fact]
    public async Task An_endpoint_that_fails_for_too_long_is_disabled_and_told_no_more()
    {
        await using var silos = await HookedSilos.StartAsync(postgres, settings: ("Tasks:Webhooks:DisabledAfter", "00:00:00"));
        var hook = await silos.AddAsync();
        hook.Endpoint.Answer = Answering(500);
        await AssertDisabledAsync(silos, hook, "500");
    }

    [Fact]
    public async Task An_endpoint_that_asks_for_peace_is_left_alone()
    {
        var hook = await _silos.AddAsync();
        hook.Endpoint.Answer = http =>
        {
            (http.Response.StatusCode, http.Response.Headers.RetryAfter) = (429, "3600");
            return Task.CompletedTask;
        };
        await _silos.TakeAsync(HookedSilos.Event("event-1", hook.UserId));
        await _silos.ViewAsync(hook, webhook => webhook.LastError is not null);

        await using var command = _silos.Silos.Database.Source.CreateCommand(
            $"""
            select count(*) from webhooks as w join webhook_deliveries as d on d.webhook_id = w.id
            where w.id = '{hook.Id}' and held_until > now() + interval '55 minutes' and next_attempt_at > now() + interval '55 minutes'
            """);
        Assert.Equal(1L, await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_redirect_an_address_that_is_refused_and_silence_are_told_as_what_they_are()
    {
        await using var impatient = await HookedSilos.StartAsync(postgres, settings: ("Tasks:Webhooks:AnswersWithin", "00:00:00.5"));
        var (moved, silent, refused) = (await _silos.AddAsync(), await impatient.AddAsync(), await _silos.AddAsync(url: "https://localhost:1/"));
        moved.Endpoint.Answer = http =>
        {
            http.Response.Redirect(silent.Endpoint.Url);
            return Task.CompletedTask;
        };
        silent.Endpoint.Answer = http => Task.Delay(Timeout.Infinite, http.RequestAborted);

        Assert.Contains("302; redirects are not followed", await ErrorAsync(_silos, moved), StringComparison.Ordinal);
        Assert.Contains("within 0.5 seconds", await ErrorAsync(impatient, silent), StringComparison.Ordinal);
        Assert.Contains("public host", await ErrorAsync(_silos, refused), StringComparison.Ordinal);

        static async Task<string?> ErrorAsync(HookedSilos silos, Hook hook)
        {
            await silos.TakeAsync(HookedSilos.Event("event-1", hook.UserId));
            return (await silos.ViewAsync(hook, webhook => webhook.LastError is not null)).LastError;
        }
    }

    [Fact]
    public async Task One_endpoint_that_is_silent_keeps_no_other_waiting()
    {
        var user = HookedSilos.NewUser();
        var (silent, lively) = (await _silos.AddAsync(user), await _silos.AddAsync(user));
        var (atOnce, seen) = (0, new ConcurrentBag<int>());
        var full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var silence = new CancellationTokenSource();
        silent.Endpoint.Answer = async _ =>
        {
            var now = Interlocked.Increment(ref atOnce);
            seen.Add(now);
            if (now == 8)
                full.TrySetResult();
            await Task.Delay(Timeout.Infinite, silence.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Interlocked.Decrement(ref atOnce);
        };

        await _silos.TakeAsync([.. Enumerable.Range(0, 200).Select(i => HookedSilos.Event($"event-{i:000}", user))]);

        Assert.All(await _silos.EndedAsync(lively), delivery => Assert.Equal("delivered", delivery.Status));
        await full.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await silence.CancelAsync();
        Assert.Equal(8, seen.Max());
    }

    [Fact]
    public async Task What_was_answered_before_a_silo_stops_is_kept_although_others_are_not_answered_yet()
    {
        await using var silos = await HookedSilos.StartAsync(postgres);
        var hook = await silos.AddAsync();
        using var answered = new CountdownEvent(7);
        var waits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var silence = new CancellationTokenSource();
        hook.Endpoint.Answer = async http =>
        {
            if (http.Request.Headers["webhook-id"] != "event-7")
                http.Response.OnCompleted(() => Task.FromResult(answered.Signal()));
            else
            {
                waits.TrySetResult();
                await Task.Delay(Timeout.Infinite, silence.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        };
        await silos.TakeAsync([.. Enumerable.Range(0, 8).Select(i => HookedSilos.Event($"event-{i}", hook.UserId))]);
        await waits.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.True(answered.Wait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));

        silos.Silos.Services<IHostApplicationLifetime>().Single().StopApplication();

        // The last answers may meet the stop on their way; those that came before it are kept, all in one statement.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!(await silos.DeliveriesAsync(hook)).Any(delivery => delivery.Status == "delivered"))
            await Task.Delay(10, patience.Token);
        var left = Assert.Single(await silos.DeliveriesAsync(hook), delivery => delivery.EventId == "event-7");
        Assert.Equal(("pending", 0), (left.Status, left.Attempts));
        await silence.CancelAsync();
    }

    [Fact]
    public async Task What_a_silo_left_is_found_by_others_and_told_once()
    {
        await using var silos = await HookedSilos.StartAsync(postgres, silos: 2);
        var hook = await silos.AddAsync();
        await silos.Silos.Database.ExecuteAsync(
            $$"""
            insert into webhook_deliveries (webhook_id, event_id, event_type, happened_at, data, status, attempts, next_attempt_at, created_at)
            select '{{hook.Id}}', 'event-' || i, 'task_created', now(), '{}', 'pending', 0, now(), now() from generate_series(1, 40) as i
            """);

        Assert.All(await silos.EndedAsync(hook), delivery => Assert.Equal(("delivered", 1), (delivery.Status, delivery.Attempts)));
        var told = new HashSet<string>();
        for (var i = 0; i < 40; i++)
            Assert.True(told.Add((await hook.Endpoint.NextAsync()).Headers["webhook-id"]));
        Assert.True(hook.Endpoint.HasNoMore);
    }

    private static Func<HttpContext, Task> Answering(int status) => http =>
    {
        http.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    private static async Task AssertDisabledAsync(HookedSilos silos, Hook hook, string error)
    {
        await silos.TakeAsync(HookedSilos.Event("event-1", hook.UserId));
        var view = await silos.ViewAsync(hook, webhook => webhook.Status == WebhookStatuses.Disabled);
        Assert.Contains(error, view.LastError, StringComparison.Ordinal);
        await silos.TakeAsync(HookedSilos.Event("event-2", hook.UserId));
        var delivery = Assert.Single(await silos.EndedAsync(hook));
        Assert.Equal(("event-1", "failed", false), (delivery.EventId, delivery.Status, delivery.HasData));
    }
}
