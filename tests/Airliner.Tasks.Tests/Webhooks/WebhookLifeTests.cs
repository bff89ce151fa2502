using System.Text.Json;
using Airliner.Contracts.PersonalData;
using Airliner.Contracts.Records;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Silo.Webhooks;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Airliner.Tasks.Tests.Webhooks;

/// <summary>How many webhooks there are, and what becomes of them.</summary>
public sealed class WebhookLifeTests(HookedSilo shared) : IClassFixture<HookedSilo>
{
    private readonly HookedSilos _silos = shared.Silos;

    [Fact]
    public async Task Creates_beyond_the_limit_are_refused_also_where_they_come_at_once()
    {
        var user = HookedSilos.NewUser();
        var commands = Enumerable.Range(0, 28).Select(_ => HookedSilos.Command(user, "https://example.com/")).ToArray();

        var results = await Task.WhenAll(commands.Select(_silos.Of(user).Create));

        Assert.Equal(20, results.Count(result => result.Webhook is not null));
        Assert.Equal(20, (await _silos.Of(user).List()).Count);
        var made = commands[Array.FindIndex(results, result => result.Webhook is not null)];
        Assert.Equal(made.WebhookId, (await _silos.Of(user).Create(made)).Webhook?.WebhookId);
    }

    [Fact]
    public async Task A_deleted_webhook_takes_what_waits_along()
    {
        var hook = await _silos.AddAsync();
        hook.Endpoint.Answer = http => Task.Delay(Timeout.Infinite, http.RequestAborted);
        await _silos.TakeAsync(HookedSilos.Event("event-1", hook.UserId));
        await hook.Endpoint.NextAsync();
        var grain = _silos.Silos.Grains.GetGrain<IWebhookGrain>(hook.Id);

        Assert.False(await grain.Delete(HookedSilos.NewUser()));
        Assert.True(await grain.Delete(hook.UserId));
        Assert.False(await grain.Delete(hook.UserId));

        Assert.Empty(await _silos.DeliveriesAsync(hook));
        Assert.Empty(await _silos.Of(hook.UserId).List());
    }

    [Fact]
    public async Task Deliveries_are_forgotten_after_their_time_and_not_before()
    {
        var hook = await _silos.AddAsync();
        await _silos.TakeAsync(HookedSilos.Event("event-1", hook.UserId), HookedSilos.Event("event-2", hook.UserId));
        await _silos.EndedAsync(hook);
        await _silos.Silos.Database.ExecuteAsync(
            $"update webhook_deliveries set created_at = now() - interval '8 days 1 minute' where webhook_id = '{hook.Id}' and event_id = 'event-1'");

        var sweep = _silos.Silos.Services<IEnumerable<IHostedService>>().First().OfType<WebhookRetentionSweep>().Single();
        await sweep.SweepAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["event-2"], (await _silos.DeliveriesAsync(hook)).Select(delivery => delivery.EventId));
    }

    [Fact]
    public async Task Of_an_erased_user_no_webhook_is_left_or_made_and_an_export_shows_no_secret()
    {
        var hook = await _silos.AddAsync();
        await _silos.TakeAsync(HookedSilos.Event("event-1", hook.UserId));
        var data = _silos.Silos.Grains.GetGrain<ITasksPersonalData>(0);
        var exported = JsonElement.Parse(await data.Export(hook.UserId)).GetProperty("webhooks").EnumerateArray().Single();
        Assert.Equal(hook.Id, exported.GetProperty("webhookId").GetString());
        Assert.DoesNotContain(exported.EnumerateObject(), member => member.Name.Contains("secret", StringComparison.OrdinalIgnoreCase));

        await data.Erase(hook.UserId);
        await data.Erase(hook.UserId);

        Assert.Empty(await _silos.DeliveriesAsync(hook));
        var refused = await Assert.ThrowsAsync<RecordRejectedException>(() => _silos.AddAsync(hook.UserId));
        Assert.Equal(PersonalDataSources.ErasedUser, refused.Constraint);
        Assert.Empty(await _silos.Of(hook.UserId).List());
    }
}
