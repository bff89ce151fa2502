using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Airliner.Contracts.Events;
using Airliner.Testing;
using Xunit;

namespace Airliner.Gateways.Tests;

/// <summary>What becomes of a trace's id where nobody collects traces.</summary>
public sealed class TraceContextTests(RunningSystem system)
{
    [Fact]
    public async Task It_goes_from_the_request_through_events_and_deliveries()
    {
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        var name = $"u{Guid.NewGuid():n}"[..20];
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/airliner/registerUser")
        {
            Headers = { { "traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-00" } },
            Content = JsonContent.Create(new { username = name, email = $"{name}@example.com", password = Guid.NewGuid().ToString(), firstName = "Ada", lastName = "Byron", dateOfBirth = "1985-12-10" }),
        };
        using var answer = await system.Users.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);

        await system.ReadTopicAsync(Topics.Notifications, read => read.Any(e => e.Headers["ce_type"] == "notification_sent" && TraceOf(e) == trace));
    }

    private static string? TraceOf(ReceivedEvent e) => e.Headers.TryGetValue("traceparent", out var parent) ? parent.Split('-')[1] : null;
}
