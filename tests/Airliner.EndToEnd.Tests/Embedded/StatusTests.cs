using System.Globalization;
using System.Text.Json;
using Airliner.EndToEnd.Tests.Processes;
using Airliner.EndToEnd.Tests.Rest;
using Airliner.Testing;

namespace Airliner.EndToEnd.Tests.Embedded;

/// <summary><c>airliner status</c> beside the running system, and beside none.</summary>
public sealed class StatusTests(EmbeddedHost host) : EmbeddedTest(host)
{
    private static readonly Dictionary<string, string> _nothingSet = [];

    /// <summary>Every member of the JSON, as docs/operations.md has it. Programs read them: one may come, none may go.</summary>
    private static readonly string[] _members =
    [
        "checkedAt", "consumers", "consumers.group", "consumers.lag", "consumers.partitions", "consumers.topic", "gateways", "gateways.address", "gateways.ready",
        "gateways.reason", "gateways.service", "healthy", "outboxes", "outboxes.depth", "outboxes.oldestAge", "outboxes.service", "problems", "queues", "queues.later",
        "queues.limit", "queues.oldestDue", "queues.oldestWait", "queues.pending", "queues.running", "queues.taskType", "silos", "silos.address", "silos.answers",
        "silos.failing", "silos.grains", "silos.grains.count", "silos.grains.type", "silos.name", "silos.runningTasks", "silos.services", "silos.startedAt",
        "silos.status", "silos.version",
    ];

    private static readonly string[] _whileThereAreSome =
        ["silos.failing.check", "silos.failing.reason", "silos.runningTasks.count", "silos.runningTasks.taskType"];

    [Fact]
    public async Task People_are_shown_tables_and_that_all_is_well()
    {
        await Host.UpAsync();

        var status = await Eventually.Get(() => StatusAsync(), status => status.Code == 0, TimeSpan.FromMinutes(2), "all is well");

        foreach (var word in new[] { "gateways", "silos", "activations", "queues", "outboxes", "consumers", "data_processing", "notification-service-group", "UserGrain", "All is well." })
            Assert.Contains(word, status.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Programs_are_given_the_documented_members()
    {
        await Host.UpAsync();

        var status = await WellAsync();

        Assert.Equal(0, status.Code);
        var members = Members(status.Json, "").ToHashSet();
        Assert.Empty(_members.Except(members));
        Assert.Empty(members.Except(_members).Except(_whileThereAreSome));
        var page = Repository.Read("docs/operations.md");
        Assert.All(_members.Concat(_whileThereAreSome).Select(member => member.Split('.')[^1]), member => Assert.Contains($"`{member}`", page, StringComparison.Ordinal));
        Assert.Equal(4, status.Json.GetProperty("gateways").EnumerateArray().Count(gateway => gateway.GetProperty("ready").GetBoolean()));
        Assert.Equal(["auth", "notifications", "tasks", "users"], Assert.Single(status.Silos).GetProperty("services").EnumerateArray().Select(service => service.GetString()).Order());
    }

    [Fact]
    public async Task A_task_that_waits_for_its_time_is_in_its_queue()
    {
        await Host.UpAsync();
        await Client.RegisterAndLogInAsync();
        var before = Later(await WellAsync());
        (await Client.PostAsync(Client.Tasks, $"{AirlinerClient.Monitor}/tasks", new { taskType = "report_generation", runAt = "2999-01-01T00:00:00Z" })).Expect(201);

        Assert.Equal(before + 1, Later(await StatusAsync("--json")));

        static long Later(StatusRun status) => status.Json.GetProperty("queues").EnumerateArray()
            .Single(queue => queue.GetProperty("taskType").GetString() == "report_generation").GetProperty("later").GetInt64();
    }

    [Fact]
    public async Task It_leaves_no_session_behind()
    {
        await Host.UpAsync();
        await WellAsync();
        var password = (await File.ReadAllLinesAsync(Path.Combine(Host.Data, "admin-password"), TestContext.Current.CancellationToken))[1];
        await Client.LogInAsync("admin", password);

        await StatusAsync();

        var sessions = (await Client.GetAsync(Client.Auth, $"{AirlinerClient.Airliner}/sessions")).Expect(200)["sessions"].EnumerateArray();
        Assert.DoesNotContain("airliner-status", sessions.Select(session => session.GetProperty("userAgent").GetString()));
        var entries = (await Client.GetAsync(Client.Auth, $"{AirlinerClient.Airliner}/audit")).Expect(200)["audit"].EnumerateArray();
        Assert.Contains(entries, entry => entry.GetRawText().Contains("airliner-status", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_is_not_let_in_or_may_not_see_it_is_told_so()
    {
        await Host.UpAsync();
        var user = await Client.RegisterAsync();

        await SaysAsync(1, "'admin' is not let in: the name or the password is wrong. The password is from AIRLINER_ADMIN_PASSWORD.",
            new() { ["AIRLINER_ADMIN_PASSWORD"] = "not-the-right-one" });
        await SaysAsync(1, "administrators and operators alone", new() { ["AIRLINER_ADMIN_PASSWORD"] = user.Password }, "--username", user.Username);
        await SaysAsync(1, "An administrator's password is needed: set AIRLINER_ADMIN_PASSWORD", _nothingSet, "--data", Path.Combine(Host.Data, "nothing"));
        await SaysAsync(1, "An administrator's password is needed", _nothingSet, "--username", "somebody");
    }

    [Fact]
    public async Task The_password_of_a_system_that_has_crashed_is_not_tried_though_its_number_is_another_programs_now()
    {
        await Host.UpAsync();
        var crashed = Directory.CreateTempSubdirectory("airliner-crashed-").FullName;
        (string File, string Text)[] left = [("lock", ""), ("host.pid", $"{Environment.ProcessId}"), ("admin-password", "admin\nof-a-system-that-was\n")];
        foreach (var (file, text) in left)
            await File.WriteAllTextAsync(Path.Combine(crashed, file), text, TestContext.Current.CancellationToken);

        await SaysAsync(1, $"There is none in {Path.Combine(crashed, "secrets", "admin-password")}.",
            new() { ["AIRLINER_SECRETS"] = Path.Combine(crashed, "secrets") }, "--data", crashed);

        Directory.Delete(crashed, recursive: true);
    }

    [Fact]
    public async Task Where_nothing_runs_it_says_that_nothing_answers()
    {
        var offset = EmbeddedHost.FreeOffset().ToString(CultureInfo.InvariantCulture);

        var status = await StatusRun.OfAsync(_nothingSet, "--json", "--port-offset", offset);

        Assert.Equal(1, status.Code);
        Assert.False(status.Json.GetProperty("healthy").GetBoolean());
        Assert.Equal(4, status.Problems.Count(problem => problem.Contains("does not answer", StringComparison.Ordinal)));
        Assert.Contains("No gateway of auth answers, so what is asked of it is not known.", status.Problems);
        Assert.All(new[] { "silos", "queues", "outboxes", "consumers" }, member => Assert.Equal(JsonValueKind.Null, status.Json.GetProperty(member).ValueKind));
    }

    [Fact]
    public async Task Words_that_mean_nothing_are_refused_by_name()
    {
        await SaysAsync(2, "There is no option --all", _nothingSet, "--all");
        await SaysAsync(2, "--port-offset takes a number", _nothingSet, "--port-offset", "many");
        await SaysAsync(2, "What is 'please' for?", _nothingSet, "please");
        var ports = await StatusRun.OfAsync(new Dictionary<string, string> { ["TASKPROCESSING_PORTS"] = "5104-5102" });
        Assert.Equal(2, ports.Code);
        Assert.Contains("TASKPROCESSING_PORTS is a port or a range of ports", ports.Output, StringComparison.Ordinal);
    }

    private Task<StatusRun> StatusAsync(params string[] words) => StatusRun.OfAsync(_nothingSet, [.. words, "--data", Host.Data, "--port-offset", $"{Host.PortOffset}"]);

    /// <summary>The status once all is well: consumers that have just joined their group have no partition yet.</summary>
    private Task<StatusRun> WellAsync() =>
        Eventually.Get(() => StatusAsync("--json"), status => status.IsHealthy, TimeSpan.FromMinutes(2), "all is well");

    private async Task SaysAsync(int code, string what, Dictionary<string, string> settings, params string[] words)
    {
        string[] place = words.Contains("--data") || code == 2 ? [] : ["--data", Host.Data];
        string[] ports = code == 2 ? [] : ["--port-offset", $"{Host.PortOffset}"];
        var status = await StatusRun.OfAsync(settings, [.. words, .. place, .. ports]);
        Assert.True(status.Code == code, status.Output);
        Assert.Contains(what, status.Output, StringComparison.Ordinal);
    }

    /// <summary>The members of objects, also of those in lists, each with the way to it.</summary>
    private static IEnumerable<string> Members(JsonElement element, string way) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Members(member.Value, $"{way}.{member.Name}").Prepend($"{way}.{member.Name}".TrimStart('.'))),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(item => Members(item, way)),
        _ => [],
    };
}
