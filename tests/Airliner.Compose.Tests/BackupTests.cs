using Airliner.Compose.Tests.Engine;
using Airliner.Compose.Tests.Load;
using Airliner.Testing;

namespace Airliner.Compose.Tests;

/// <summary>A system that was lost is made again of its backup, by the steps of docs/operations.md.</summary>
public sealed class BackupTests(ComposedSystem system) : IAsyncLifetime
{
    private static readonly string[] _databases = ["registration-db", "auth-db", "taskprocessing-db", "notification-db"];
    private static readonly string[] _toldBefore = ["task_completed inapp", "task_created inapp", "task_created inapp", "user_email_verification_requested email", "user_registered email"];

    private DirectoryInfo _folder = null!;

    public async ValueTask InitializeAsync()
    {
        await system.UpAsync();
        // Last: where a test is skipped before it begins, nothing is disposed of.
        _folder = Directory.CreateTempSubdirectory("airliner-compose-");
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_system_made_again_of_its_backup_lets_its_users_in_goes_on_with_their_tasks_and_tells_nothing_twice()
    {
        await LoadAsync();
        using var user = await Client.LoggedInAsync();
        var done = await CreateAsync(user, runAt: null);
        await CompletesAsync(user, done);
        // Not before the system is lost, and soon after it is back: a machine that takes longer for it has it overdue.
        var later = await CreateAsync(user, TimeProvider.System.GetUtcNow().AddMinutes(3));
        await ToldAsync(user, _toldBefore);

        var backup = Path.Combine(_folder.FullName, "backup");
        await system.HostAsync("backup", backup, "--compose");
        Assert.Equal("pending", await user.StatusOfTaskAsync(later));
        await system.RemoveAsync();

        await system.ComposeAsync(["up", "--detach", "--wait", .. _databases]);
        await system.HostAsync("restore", backup, "--compose");
        await system.StartAsync();
        foreach (var silo in (string[])["usermanagement-silo", "auth-silo"])
            await system.ComposeAsync("run", "--rm", "--no-deps", silo, "audit", "verify");

        using (var login = await user.LogInAsync())
            await user.UseAsync(login);
        Assert.Equal("completed", await user.StatusOfTaskAsync(done));
        await CompletesAsync(user, later);
        await ToldAsync(user, [_toldBefore[0], .. _toldBefore]);
        // A repeat would be there by the time that new tasks have come and gone.
        await LoadAsync();
        Assert.Equal([_toldBefore[0], .. _toldBefore], await user.NotificationsAsync());
    }

    private static async Task LoadAsync()
    {
        await using var load = await SteadyLoad.StartAsync();
        await load.MoreAsync(200);
        await load.StopAsync();
        await load.NothingIsLostAsync();
        load.NoneFailed();
    }

    private static async Task<long> CreateAsync(Client user, DateTimeOffset? runAt)
    {
        using var created = await user.CreateTaskAsync(runAt);
        return await Client.TaskOfAsync(created);
    }

    private static Task CompletesAsync(Client user, long taskId) =>
        Eventually.True(async () => await user.StatusOfTaskAsync(taskId) == "completed", TimeSpan.FromMinutes(5), $"task {taskId} completes");

    private static Task ToldAsync(Client user, string[] notifications) =>
        Eventually.Is(string.Join(", ", notifications), async () => string.Join(", ", await user.NotificationsAsync()));
}
