using System.Security.Cryptography;
using Airliner.Artifacts;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains.Handlers;
using Airliner.Tasks.Tests.Doubles;
using Airliner.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.Running;

public sealed class SavedFileTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_that_a_handler_saves_belongs_to_its_task_s_user_and_ids_are_not_wasted()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var content = RandomNumberGenerator.GetBytes(1_000_003);
        var ids = new List<long>();
        silos.Script.Run = async (execution, stop) =>
        {
            ids.Add(await execution.SaveFileAsync("a.bin", "application/zip", (file, cancellation) => file.WriteAsync(content, cancellation).AsTask(), stop));
            await using var read = (await execution.OpenFileAsync(ids[^1], stop))!;
            using var memory = new MemoryStream();
            await read.CopyToAsync(memory, stop);
            Assert.Equal(content, memory.ToArray());
        };
        Assert.Equal(TaskStatuses.Completed, (await silos.EndAsync(await silos.CreateAsync())).Status);
        Assert.Equal(TaskStatuses.Completed, (await silos.EndAsync(await silos.CreateAsync())).Status);

        Assert.Equal(ids[0] + 1, ids[1]);
        var file = (await silos.Grains.GetGrain<IFileGrain>(ids[0]).Get())!;
        Assert.Equal(
            (TaskSilos.Owner, "a.bin", content.LongLength, "application/zip", Convert.ToHexStringLower(SHA256.HashData(content))),
            (file.UserId, file.Name, file.Size, file.ContentType, file.Sha256));
    }

    [Theory]
    [InlineData("text/html", StoredFiles.OctetStream)]
    [InlineData("image/svg+xml", StoredFiles.OctetStream)]
    [InlineData("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")]
    [InlineData("application/vnd.apache.parquet", "application/vnd.apache.parquet")]
    public async Task A_file_that_a_handler_saves_keeps_its_type_only_where_a_browser_never_runs_it(string given, string kept)
    {
        await using var silos = await TaskSilos.StartAsync(server);
        long id = 0;
        silos.Script.Run = async (execution, stop) => id = await execution.SaveFileAsync("a", given, (_, _) => Task.CompletedTask, stop);
        Assert.Equal(TaskStatuses.Completed, (await silos.EndAsync(await silos.CreateAsync())).Status);
        Assert.Equal(kept, (await silos.Grains.GetGrain<IFileGrain>(id).Get())!.ContentType);
    }

    [Fact]
    public async Task A_file_whose_writer_fails_is_not_there()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        silos.Script.Run = (execution, stop) => execution.SaveFileAsync("a.csv", "text/csv", async (file, cancellation) =>
        {
            await file.WriteAsync(new byte[500_000], cancellation);
            throw new TaskInputException("row 7: no number.");
        }, stop);
        var task = await silos.EndAsync(await silos.CreateAsync());
        Assert.Equal((TaskStatuses.Failed, "row 7: no number."), (task.Status, task.ErrorMessage));
        Assert.Empty(silos.Stored);
    }

    [Fact]
    public async Task A_store_that_fails_ends_even_a_writer_that_looks_at_no_token()
    {
        await using var silos = await TaskSilos.StartAsync(server, artifacts: () => new FullStore());
        silos.Script.Run = (execution, stop) => execution.SaveFileAsync("a.csv", "text/csv", async (file, _) =>
        {
            for (var i = 0; i < 100; i++)
                await file.WriteAsync(new byte[64 * 1024], CancellationToken.None);
        }, stop);
        var task = await silos.EndAsync(await silos.CreateAsync(maxAttempts: 1));
        Assert.Equal((TaskStatuses.Failed, "The handler failed unexpectedly (IOException)."), (task.Status, task.ErrorMessage));
    }

    [Fact]
    public async Task The_bytes_of_a_file_that_cannot_be_made_known_are_deleted()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        silos.Script.Run = (execution, stop) => execution.SaveFileAsync("a\0.csv", "text/csv", (_, _) => Task.CompletedTask, stop);
        var task = await silos.EndAsync(await silos.CreateAsync(maxAttempts: 1));
        Assert.Equal(TaskStatuses.Failed, task.Status);
        Assert.Empty(silos.Stored);
    }

    [Fact]
    public async Task A_handler_opens_no_file_of_another_user()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        await silos.Grains.GetGrain<IFileGrain>(2000).Create(new CreateFile("command", 9, "a.csv", 0, "text/csv", ""));
        Stream? opened = Stream.Null;
        silos.Script.Run = async (execution, stop) => opened = await execution.OpenFileAsync(2000, stop) ?? await execution.OpenFileAsync(2001, stop);
        await silos.EndAsync(await silos.CreateAsync());
        Assert.Null(opened);
    }

    /// <summary>A store whose disk is full after the first bytes.</summary>
    private sealed class FullStore : IArtifactStore
    {
        public async Task<StoredArtifact> SaveAsync(string key, Stream content, long maxBytes, CancellationToken cancellationToken)
        {
            await content.ReadExactlyAsync(new byte[10], cancellationToken);
            throw new IOException("No space left on device");
        }

        public Task<Stream?> OpenAsync(string key, CancellationToken cancellationToken) => Task.FromResult<Stream?>(null);

        public Task<bool> DeleteAsync(string key, CancellationToken cancellationToken) => Task.FromResult(false);

        public Task DeleteAllAsync(string segments, CancellationToken cancellationToken) => Task.CompletedTask;

        public IAsyncEnumerable<string> ListAsync(DateTimeOffset before, CancellationToken cancellationToken) => AsyncEnumerable.Empty<string>();

        public Task PingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
