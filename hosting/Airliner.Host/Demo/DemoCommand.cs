using Airliner.Host.Embedded;
using Airliner.Host.Status;
using Spectre.Console;

namespace Airliner.Host.Demo;

/// <summary><c>airliner demo [file.csv]</c>: takes a CSV file through the running system, by its public interfaces alone.</summary>
internal static class DemoCommand
{
    public static IReadOnlyCollection<string> Options { get; } = ["--kafka", "--mail", EmbeddedPorts.Offset, GatewayTransport.CaFile];

    /// <returns>0 when every step answered what it must.</returns>
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var file = arguments.Operands.FirstOrDefault() ?? Path.Combine(AppContext.BaseDirectory, "samples", "flights.csv");
        if (!File.Exists(file))
            throw new UsageException($"There is no file {file}.");
        try
        {
            using var system = new SystemClient(GatewayAddress.All(arguments), GatewayTransport.From(arguments));
            var started = TimeProvider.System.GetUtcNow();

            var user = await RegisterAsync(system);
            await LogInAsync(system, user);
            var fileId = await UploadAsync(system, file);
            var task = await CreateTaskAsync(system, file, fileId);
            await FollowAsync(system, task);
            await ShowResultAsync(system, task);
            await ShowEventsAsync(arguments["--kafka"] ?? $"127.0.0.1:{EmbeddedPorts.From(arguments).Kafka}", user, task, started);
            await ShowMailAsync(system, arguments["--mail"], user);
            AnsiConsole.MarkupLine("[green]Every step answered what it must.[/]");
            return 0;
        }
        catch (DemoException error)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]{error.Message}[/]");
            return 1;
        }
    }

    private static async Task<DemoUser> RegisterAsync(SystemClient system)
    {
        var name = $"demo_{Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(4))}";
        var user = new DemoUser(name, $"{name}@example.com", "correct-horse-" + name, 0);
        var answer = await system.SendAsync(HttpMethod.Post, system.Users, "/api/v1/airliner/registerUser", 201, new
        {
            username = user.Username,
            email = user.Email,
            password = user.Password,
            firstName = "Demo",
            lastName = "User",
        });
        user = user with { UserId = answer.GetProperty("user").GetProperty("userId").GetInt64() };
        Step("registered", $"user {user.UserId}, {user.Username}");
        return user;
    }

    private static async Task LogInAsync(SystemClient system, DemoUser user)
    {
        var answer = await system.SendAsync(
            HttpMethod.Post, system.Auth, "/api/v1/airliner/login", 200, new { username = user.Username, password = user.Password });
        system.UseToken(answer.GetProperty("accessToken").GetString()!);
        Step("logged in", $"a token good for {answer.GetProperty("expiresIn").GetInt32()} s");
    }

    private static async Task<long> UploadAsync(SystemClient system, string path)
    {
        var answer = await system.UploadAsync("/api/v1/eventstreammonitor/files", path);
        var file = answer.GetProperty("file");
        Step("uploaded", $"{file.GetProperty("name").GetString()}, {file.GetProperty("size").GetInt64()} bytes, file {file.GetProperty("fileId").GetInt64()}");
        return file.GetProperty("fileId").GetInt64();
    }

    private static async Task<DemoTask> CreateTaskAsync(SystemClient system, string path, long fileId)
    {
        var answer = await system.SendAsync(HttpMethod.Post, system.Tasks, "/api/v1/eventstreammonitor/tasks", 201, new
        {
            taskType = "data_processing",
            priority = "high",
            parameters = DemoQuery.For(path, fileId),
        });
        var task = answer.GetProperty("task");
        var created = new DemoTask(task.GetProperty("taskId").GetInt64(), task.GetProperty("taskReference").GetString()!);
        Step("created", $"task {created.TaskId}, {created.Reference}");
        return created;
    }

    private static Task FollowAsync(SystemClient system, DemoTask task) => AnsiConsole.Progress().StartAsync(async progress =>
    {
        var bar = progress.AddTask($"task {task.TaskId}");
        for (var waited = 0; ; waited++)
        {
            var state = (await system.SendAsync(HttpMethod.Get, system.Tasks, $"/api/v1/eventstreammonitor/tasks/{task.TaskId}", 200)).GetProperty("task");
            bar.Value = state.GetProperty("progress").GetInt32();
            var status = state.GetProperty("status").GetString();
            if (status == "completed")
                return;
            if (status is "failed" or "cancelled" || waited > 600)
                throw new DemoException($"The task is {status}: {state.GetProperty("errorMessage").GetString() ?? "it did not end within a minute"}");
            await Task.Delay(100);
        }
    });

    private static async Task ShowResultAsync(SystemClient system, DemoTask task)
    {
        var state = (await system.SendAsync(HttpMethod.Get, system.Tasks, $"/api/v1/eventstreammonitor/tasks/{task.TaskId}", 200)).GetProperty("task");
        var result = state.GetProperty("result");
        var columns = result.GetProperty("columns").EnumerateArray().Select(column => column.GetString()!).ToArray();
        var table = new Table().Title($"{result.GetProperty("inputRows").GetInt64()} rows in, {result.GetProperty("rows").GetInt64()} out").AddColumns(columns);
        foreach (var row in result.GetProperty("preview").EnumerateArray())
            table.AddRow([.. columns.Select(column => Markup.Escape(row.GetProperty(column).ToString()))]);
        AnsiConsole.Write(table);

        var bytes = await system.DownloadAsync($"/api/v1/eventstreammonitor/files/{result.GetProperty("fileId").GetInt64()}");
        if (bytes.Length == 0)
            throw new DemoException("The result file is empty.");
        Step("downloaded", $"the result file, {bytes.Length} bytes");
    }

    private static async Task ShowEventsAsync(string brokers, DemoUser user, DemoTask task, DateTimeOffset since)
    {
        var records = await EventLog.ReadAsync(brokers, user.UserId, task.TaskId, since);
        AnsiConsole.Write(new Rule("what a Kafka consumer sees"));
        foreach (var record in records)
        {
            AnsiConsole.MarkupLineInterpolated($"[blue]{record.Topic}[/] {record.Position}  ce_type [yellow]{record.Type}[/]  ce_sequence {record.Sequence}");
            Console.WriteLine($"  {record.Value}");
        }

        string[] expected = ["user_registered", "task_created", "task_started", "task_completed"];
        var missing = expected.Except(records.Select(record => record.Type)).ToArray();
        if (missing.Length > 0)
            throw new DemoException($"No record of {string.Join(", ", missing)} is in Kafka.");
    }

    private static async Task ShowMailAsync(SystemClient system, string? mailFolder, DemoUser user)
    {
        var mail = await Mailbox.WaitForAsync(mailFolder, user.Email);
        AnsiConsole.Write(new Rule("the delivered mail"));
        Console.WriteLine($"To: {mail.To}\nSubject: {mail.Subject}\n\n{mail.Text.Trim()}");
        AnsiConsole.Write(new Rule());
        for (var waited = 0; ; waited++)
        {
            var list = await system.SendAsync(HttpMethod.Get, system.Notifications, "/api/v1/airliner/notifications?channel=email&eventType=user_registered", 200);
            var logged = list.GetProperty("notifications").EnumerateArray().Where(item => item.GetProperty("status").GetString() == "sent").ToArray();
            if (logged.Length == 1)
                break;
            if (logged.Length > 1 || waited > 100)
                throw new DemoException($"The log has {logged.Length} sent mails of the registration; there must be one.");
            await Task.Delay(100);
        }

        Step("notified", "the mail is exactly once in the log");
    }

    private static void Step(string done, string detail) => AnsiConsole.MarkupLineInterpolated($"[green]✓[/] {done}: {detail}");
}

/// <summary>A step's answer is not what it must be; the message says which and how.</summary>
internal sealed class DemoException(string message) : Exception(message);

internal sealed record DemoUser(string Username, string Email, string Password, long UserId);

internal sealed record DemoTask(long TaskId, string Reference);
