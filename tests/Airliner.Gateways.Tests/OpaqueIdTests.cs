using System.Net;
using System.Text.Json;
using Airliner.Contracts.Events;
using Airliner.Testing;
using Xunit;

namespace Airliner.Gateways.Tests;

/// <summary>The ids of users, tasks, files and schedules are numbers, all others strings of which clients know only whether two are the same.</summary>
public sealed class OpaqueIdTests(RunningSystem system)
{
    private const string Notifications = "/api/v1/airliner/notifications";

    [Fact]
    public async Task The_id_of_a_notification_is_an_opaque_string()
    {
        var user = await system.NewUserAsync();
        var events = await system.ReadTopicAsync(Topics.Notifications, read => read.Any(one => IsSentTo(one, user)));
        var id = events.First(one => IsSentTo(one, user)).Value.GetProperty("notificationId").GetString();

        using var answer = await system.Notifications.SendAsync(HttpMethod.Get, $"{Notifications}/{id}", user.AccessToken);
        using var other = await system.Notifications.SendAsync(HttpMethod.Get, $"{Notifications}/abc", user.AccessToken);

        Assert.Equal(id, (await answer.JsonAsync()).GetProperty("notification").GetProperty("notificationId").GetString());
        await other.ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
    }

    [Fact]
    public async Task The_id_of_an_audit_entry_is_an_opaque_string()
    {
        var user = await system.NewUserAsync();

        foreach (var gateway in new[] { system.Users, system.Auth })
            Assert.All(await system.AuditOfAsync(gateway, user.UserId), entry => Assert.Equal(JsonValueKind.String, entry.GetProperty("auditId").ValueKind));
    }

    private static bool IsSentTo(ReceivedEvent one, Account user) => one.Headers["ce_type"] == "notification_sent" && one.Key == $"{user.UserId}";
}
