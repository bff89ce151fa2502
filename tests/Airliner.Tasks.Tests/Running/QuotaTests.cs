using Airliner.Contracts.PersonalData;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Tests.Doubles;
using Airliner.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.Running;

public sealed class QuotaTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Files:QuotaBytes", "1000", "The quota of 1000 bytes has no room: 1000 are used, and the file needs at least 100. Delete files that are needed no more.")]
    [InlineData("Files:MaxFiles", "10", "The quota of 10 files is used up. Delete files that are needed no more.")]
    public async Task Of_files_that_are_made_at_once_so_many_are_made_as_there_is_room_for(string setting, string value, string refusal)
    {
        await using var silos = await TaskSilos.StartAsync(server, silos: 2, settings: (setting, value));
        var results = await Task.WhenAll(Enumerable.Range(2000, 50).Select(id => CreateAsync(silos, id, 100)));

        Assert.Equal(10, results.Count(result => result.File is not null));
        Assert.All(results.Where(result => result.File is null), result => Assert.Equal(1000, result.Usage!.Bytes));
        var usage = await Files(silos).Usage(TaskSilos.Owner);
        Assert.Equal((1000, 10, refusal), (usage.Bytes, usage.Files, usage.Refusal(100)));
    }

    [Fact]
    public async Task Of_different_users_each_has_a_quota()
    {
        await using var silos = await TaskSilos.StartAsync(server, settings: ("Files:QuotaBytes", "100"));
        var results = await Task.WhenAll(Enumerable.Range(2000, 40).Select(id => CreateAsync(silos, id, 100, userId: id % 4)));
        Assert.Equal([0, 1, 2, 3], results.Where(result => result.File is not null).Select(result => result.File!.UserId).Order());
    }

    [Fact]
    public async Task A_file_that_is_deleted_gives_its_room_back_and_a_user_s_last_one_leaves_nothing()
    {
        await using var silos = await TaskSilos.StartAsync(server, settings: ("Files:QuotaBytes", "150"));
        Assert.NotNull((await CreateAsync(silos, 2000, 100)).File);
        Assert.Null((await CreateAsync(silos, 2001, 100)).File);
        await silos.Grains.GetGrain<IFileGrain>(2000).Delete();
        Assert.NotNull((await CreateAsync(silos, 2001, 100)).File);
        Assert.Equal(1, await UsagesAsync(silos));

        await silos.Grains.GetGrain<ITasksPersonalData>(0).Erase(TaskSilos.Owner);
        Assert.Equal(0, await UsagesAsync(silos));
    }

    [Theory]
    [InlineData(100, "The quota of 150 bytes has no room: 100 are used, and the file needs at least 51. Delete files that are needed no more.")]
    [InlineData(150, "The quota of 150 bytes has no room: 150 are used, and the file needs at least 1. Delete files that are needed no more.")]
    public async Task A_task_whose_file_has_no_room_fails_at_once_and_says_so(int used, string message)
    {
        await using var silos = await TaskSilos.StartAsync(server, settings: ("Files:QuotaBytes", "150"));
        await CreateAsync(silos, 2000, used);
        silos.Script.Run = (execution, stop) =>
            execution.SaveFileAsync("a.bin", "application/zip", (file, cancellation) => file.WriteAsync(new byte[1_000_000], cancellation).AsTask(), stop);
        var task = await silos.EndAsync(await silos.CreateAsync());
        Assert.Equal((TaskStatuses.Failed, 1, message), (task.Status, task.Attempts, task.ErrorMessage));
        Assert.Empty(silos.Stored);
    }

    [Fact]
    public async Task The_bytes_of_a_task_s_file_go_whose_room_was_taken_while_it_was_written()
    {
        await using var silos = await TaskSilos.StartAsync(server, settings: ("Files:QuotaBytes", "150"));
        silos.Script.Run = (execution, stop) => execution.SaveFileAsync("a.bin", "application/zip", async (file, cancellation) =>
        {
            await file.WriteAsync(new byte[100], cancellation);
            await CreateAsync(silos, 2000, 51);
        }, stop);
        var task = await silos.EndAsync(await silos.CreateAsync());
        Assert.Equal(
            (TaskStatuses.Failed, 1, "The quota of 150 bytes has no room: 51 are used, and the file needs at least 100. Delete files that are needed no more."),
            (task.Status, task.Attempts, task.ErrorMessage));
        Assert.Empty(silos.Stored);
    }

    private static IFileQueriesGrain Files(TaskSilos silos) => silos.Grains.GetGrain<IFileQueriesGrain>(0);

    private static Task<CreateFileResult> CreateAsync(TaskSilos silos, long fileId, long size, long userId = TaskSilos.Owner) =>
        silos.Grains.GetGrain<IFileGrain>(fileId).Create(new CreateFile($"command-{fileId}", userId, "a.csv", size, "text/csv", ""));

    private static async Task<long> UsagesAsync(TaskSilos silos)
    {
        await using var command = silos.Database.Source.CreateCommand("select count(*) from file_usage");
        return (long)(await command.ExecuteScalarAsync(Token))!;
    }
}
