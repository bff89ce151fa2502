using System.Net;
using System.Text;
using System.Text.Json;
using Airliner.Auth.Silo.Events;
using Airliner.Contracts;
using Airliner.Contracts.Auth;
using Airliner.Contracts.Events;
using Airliner.Contracts.Users;
using Airliner.Kafka.Consumers;
using Airliner.Testing;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Airliner.Auth.Tests.Sessions;

/// <summary>A change that ends sessions was committed, and the silo that would have ended them is gone: its event does.</summary>
public sealed class SessionRepairTests(RunningSystem system)
{
    private IGrainFactory Grains => system.Silo.GetRequiredService<IGrainFactory>();

    [Fact]
    public async Task The_sessions_of_a_user_who_was_disabled_end_by_the_event_alone()
    {
        var user = await system.NewUserAsync();

        // The user's own grain: what ends sessions is around it.
        await User(user).SetStatus(new SetUserStatus($"{Guid.NewGuid():n}", UserStatus.Disabled));

        await system.Auth.EventuallyAsync(HttpMethod.Get, "/api/v1/airliner/sessions", HttpStatusCode.Unauthorized, user.AccessToken);
    }

    [Fact]
    public async Task The_sessions_of_a_user_who_lost_a_role_end_by_the_event_alone()
    {
        var user = await system.NewUserAsync();
        await User(user).SetRoles(new SetUserRoles($"{Guid.NewGuid():n}", [Roles.Operator]));
        var token = await system.LogInAsync(user.Username, user.Password);

        await User(user).SetRoles(new SetUserRoles($"{Guid.NewGuid():n}", [Roles.User]));

        await system.Auth.EventuallyAsync(HttpMethod.Get, "/api/v1/airliner/sessions", HttpStatusCode.Unauthorized, token);
    }

    [Fact]
    public async Task Sessions_of_before_the_change_end_and_later_ones_go_on()
    {
        var user = await system.NewUserAsync();
        var change = await ChangeAsync(user);
        await system.LogInAsync(user.Username, user.Password);
        var later = (await Grains.GetGrain<IUserSessionsGrain>(user.UserId).List())[0].SessionId;

        Assert.Empty(await HandleAsync("user_password_changed", user.UserId, change));

        Assert.Equal(later, Assert.Single(await Grains.GetGrain<IUserSessionsGrain>(user.UserId).List()).SessionId);
    }

    [Fact]
    public async Task An_event_of_a_change_that_was_not_is_refused_and_ends_nothing()
    {
        var user = await system.NewUserAsync();
        var change = await ChangeAsync(user);

        Assert.Single(await HandleAsync("user_password_changed", user.UserId, change.AddMicroseconds(1)));
        Assert.Single(await HandleAsync("user_deleted", user.UserId, change));
        Assert.Single(await HandleAsync("user_disabled", 1, change));

        Assert.Single(await Grains.GetGrain<IUserSessionsGrain>(user.UserId).List());
    }

    [Fact]
    public async Task A_forged_deletion_ends_among_the_dead_letters_of_every_service()
    {
        var user = await system.NewUserAsync();
        await ForgeAsync(user.UserId);

        var letters = await system.ReadTopicAsync(
            Topics.DeadLettersOf(Topics.UserRegistration), read => GroupsOf(read, user).Count() == 3);

        Assert.Equal(["auth-service-group", "notification-service-group", "taskprocessing-service-group"], GroupsOf(letters, user));
        Assert.Single(await Grains.GetGrain<IUserSessionsGrain>(user.UserId).List());
    }

    private static IEnumerable<string> GroupsOf(IEnumerable<ReceivedEvent> letters, Account user) =>
        letters.Where(letter => letter.Key == $"{user.UserId}").Select(letter => letter.Headers["dlq_group"]).Distinct().Order(StringComparer.Ordinal);

    private IUserGrain User(Account user) => Grains.GetGrain<IUserGrain>(user.UserId);

    /// <summary>Changes the user in a way that ends no session; its time.</summary>
    private async Task<DateTimeOffset> ChangeAsync(Account user)
    {
        var changed = await User(user).Update(new UpdateUser($"{Guid.NewGuid():n}", new Caller(user.UserId, "airliner", [Roles.User]), FirstName: "Grace"));
        return changed.User!.UpdatedAt;
    }

    private Task<IReadOnlyList<EventRejection>> HandleAsync(string type, long userId, DateTimeOffset time) =>
        system.Silo.GetRequiredService<UserEventsHandler>().HandleAsync(
            [new("event", type, $"users/{userId}", 1, time, $"{userId}", JsonElement.Parse($$"""{"userId":{{userId}}}"""), null, new TopicPartitionOffset("users", 0, 0))],
            TestContext.Current.CancellationToken);

    /// <summary>Writes to the topic as anybody can who reaches the broker.</summary>
    private async Task ForgeAsync(long userId)
    {
        using var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = system.BootstrapServers }).Build();
        var headers = new Headers();
        foreach (var (name, value) in new[]
        {
            ("ce_specversion", "1.0"), ("ce_id", $"{Guid.NewGuid()}"), ("ce_type", "user_deleted"), ("ce_source", "/airliner/users"), ("ce_subject", $"users/{userId}"),
            ("ce_sequence", "2"), ("ce_time", "2026-01-01T00:00:00Z"),
        })
        {
            headers.Add(name, Encoding.UTF8.GetBytes(value));
        }

        await producer.ProduceAsync(
            Topics.UserRegistration, new() { Key = $"{userId}", Value = $$"""{"eventType":"user_deleted","userId":{{userId}}}""", Headers = headers });
    }
}
