using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Airliner.Telemetry.Tests.Otlp;
using Airliner.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Logs;
using Xunit;

namespace Airliner.Telemetry.Tests;

/// <summary>What a collector gets of a request and of all that comes of it.</summary>
public sealed class TraceTests(TracedSystem traced)
{
    private const string Tasks = "/api/v1/eventstreammonitor/tasks";

    private readonly RunningSystem _system = traced.Running;

    /// <remarks>The log has addresses of clients and names of users, which whoever is sent the traces has not asked for.</remarks>
    [Fact]
    public void Lines_of_the_log_do_not_go_to_the_collector() =>
        Assert.DoesNotContain(_system.Silo.GetServices<ILoggerProvider>(), provider => provider is OpenTelemetryLoggerProvider);

    [Fact]
    public async Task A_request_that_makes_a_task_is_one_trace_with_its_run_its_events_and_its_mail()
    {
        var user = await _system.NewVerifiedUserAsync();
        using var told = await _system.Notifications.SendAsync(
            HttpMethod.Put, $"/api/v1/airliner/users/{user.UserId}/preferences", user.AccessToken, new { channels = new { tasks = new[] { "email" } } });
        Assert.Equal(HttpStatusCode.OK, told.StatusCode);

        var client = await StartedAsItWasToldAsync(user);
        var trace = await TraceOfAsync(client, spans => spans.Any(span => span.Name == "deliver email"));

        var mail = Assert.Single(trace, span => span.Name == "send email");
        Assert.Equal(
            [
                "send email", "deliver email", "process task-events", "send task-events", "ITaskGrain/Finish", "run task", "start task", "ITaskCreationGrain/Create",
                "POST /api/v1/eventstreammonitor/tasks",
            ],
            PathTo(mail, trace).Select(span => span.Name.Replace("airliner.", "", StringComparison.Ordinal)).Distinct());
        Assert.Equal(client.SpanId.ToHexString(), PathTo(mail, trace)[^1].ParentId);
        Assert.Equal(
            (Span.Types.SpanKind.Client, "smtp", "127.0.0.1", traced.MailPort.ToString(CultureInfo.InvariantCulture), "taken"),
            (mail.Kind, mail.Attributes["network.protocol.name"], mail.Attributes["server.address"], mail.Attributes["server.port"], mail.Attributes["airliner.notification.outcome"]));

        var (sent, processed) = (PathTo(mail, trace).First(span => span.Name == "send task-events"), PathTo(mail, trace).First(span => span.Name == "process task-events"));
        Assert.Equal((Span.Types.SpanKind.Producer, "kafka", "task-events", "task_completed"), (sent.Kind, sent.Attributes["messaging.system"], sent.Attributes["messaging.destination.name"], sent.Attributes["cloudevents.event_type"]));
        Assert.Equal(
            (Span.Types.SpanKind.Consumer, "notification-service-group", sent.Attributes["messaging.message.id"]),
            (processed.Kind, processed.Attributes["messaging.consumer.group.name"], processed.Attributes["messaging.message.id"]));
        Assert.All(["commit tasks", "commit notifications"], commit => Assert.Contains(trace, span => span.Name == commit));
        Assert.All(trace, span => Assert.Equal("airliner", span.Service));
    }

    [Fact]
    public async Task Whoever_shares_a_commit_has_its_statement_below_it_or_is_linked_with_whoever_has()
    {
        var user = await _system.NewUserAsync();
        var clients = Enumerable.Range(0, 40).Select(_ => NewContext()).ToArray();

        await Task.WhenAll(clients.Select(client => CreateTaskAsync(user, client)));

        foreach (var client in clients)
        {
            var trace = await TraceOfAsync(client, spans => CommitsOf(spans).Any() && CommitsOf(spans).All(HasStatement));
            Assert.All(CommitsOf(trace), commit => Assert.Equal(("postgresql", "tasks"), (commit.Attributes["db.system.name"], commit.Attributes["db.collection.name"])));
        }
    }

    [Fact]
    public async Task A_trace_says_nothing_of_who_it_is_about()
    {
        var client = NewContext();
        var name = $"u{Guid.NewGuid():n}"[..20];
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/airliner/registerUser")
        {
            Headers = { { "traceparent", HeaderOf(client) } },
            Content = JsonContent.Create(new { username = name, email = $"{name}@example.com", password = Guid.NewGuid().ToString(), firstName = "Ada", lastName = "Byron", dateOfBirth = "1985-12-10" }),
        };
        using var answer = await _system.Users.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);

        var trace = await TraceOfAsync(client, spans => spans.Any(span => span.Name == "deliver email"));

        Assert.All(trace.SelectMany(span => span.Attributes), attribute =>
            Assert.False(attribute.Value.Contains(name, StringComparison.Ordinal) || attribute.Value.Contains("Byron", StringComparison.Ordinal), $"{attribute.Key} is {attribute.Value}."));
    }

    private static IEnumerable<CollectedSpan> CommitsOf(IEnumerable<CollectedSpan> spans) => spans.Where(span => span.Name == "commit tasks");

    /// <summary>Whether the statement that did the work of a commit is below it, or below the one that it is linked with.</summary>
    private bool HasStatement(CollectedSpan commit) =>
        traced.Collector.Spans.Values.Any(span => span.Scope == "Npgsql" && (span.ParentId == commit.Id || commit.LinkedIds.Contains(span.ParentId)));

    /// <summary>A trace of the client's, with all that came of it until now: every span's parent is there.</summary>
    private Task<IReadOnlyList<CollectedSpan>> TraceOfAsync(ActivityContext client, Func<IReadOnlyList<CollectedSpan>, bool> has)
    {
        var root = client.SpanId.ToHexString();
        return traced.Collector.TraceAsync(client.TraceId.ToHexString(), spans =>
        {
            var ids = spans.Select(span => span.Id).Append(root).ToHashSet();
            return has(spans) && spans.All(span => ids.Contains(span.ParentId));
        });
    }

    /// <summary>The span, its parent, and so on.</summary>
    private static List<CollectedSpan> PathTo(CollectedSpan span, IReadOnlyList<CollectedSpan> trace)
    {
        var path = new List<CollectedSpan>();
        for (var next = span; next is not null; next = trace.SingleOrDefault(parent => parent.Id == next.ParentId))
            path.Add(next);
        return path;
    }

    /// <summary>
    /// The client of a task that the queue has started because it was told of it. The queue reads its table too, and there is nothing of who made a task: where that comes
    /// first, another is made.
    /// </summary>
    private async Task<ActivityContext> StartedAsItWasToldAsync(Account user)
    {
        for (var tries = 1; ; tries++)
        {
            var client = NewContext();
            var taskId = await CreateTaskAsync(user, client);
            CollectedSpan? start = null;
            await traced.Collector.TraceAsync(client.TraceId.ToHexString(), _ =>
            {
                start = traced.Collector.Spans.Values.FirstOrDefault(span => span.Name == "start task" && span.Attributes["airliner.task.id"] == $"{taskId}");
                return start is not null;
            });
            if (start!.TraceId == client.TraceId.ToHexString() || tries == 3)
                return client;
        }
    }

    private async Task<long> CreateTaskAsync(Account user, ActivityContext client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Tasks)
        {
            Headers = { Authorization = new("Bearer", user.AccessToken) },
            Content = JsonContent.Create(new { taskType = "data_processing", parameters = JsonElement.Parse("""{"source":{"csv":"a\n1\n"}}""") }),
        };
        request.Headers.Add("traceparent", HeaderOf(client));
        using var answer = await _system.Tasks.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return (await answer.JsonAsync(HttpStatusCode.Created)).GetProperty("task").GetProperty("taskId").GetInt64();
    }

    private static ActivityContext NewContext() => new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);

    private static string HeaderOf(ActivityContext context) => $"00-{context.TraceId}-{context.SpanId}-01";
}
