using System.Collections.Concurrent;
using System.Net;
using Airliner.Testing;

namespace Airliner.Compose.Tests.Load;

/// <summary>
/// Eight users, each with five requests a second: of fifty, fifteen create a task, thirty-three read one, one logs in, one registers a user. Every answer is counted.
/// Hashes give way to everything else, so a machine on which new containers start has time for few.
/// </summary>
internal sealed class SteadyLoad : IAsyncDisposable
{
    private const int Users = 8;

    /// <summary>Each login is a hash, for which a busy machine has little time.</summary>
    private const int LogInAtMost = 20;

    private static readonly TimeSpan _pace = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<(Client Client, long TaskId)> _created = [];
    private readonly ConcurrentQueue<(Client Client, string Name)> _registered = [];
    private readonly ConcurrentQueue<FailedRequest> _failures = [];
    private readonly long _started = TimeProvider.System.GetTimestamp();
    private readonly List<Client> _clients = [];
    private Task _running = Task.CompletedTask;
    private int _answers;

    /// <summary>The requests that were answered as they must be.</summary>
    public int Answers => Volatile.Read(ref _answers);

    /// <summary>The others.</summary>
    public IReadOnlyCollection<FailedRequest> Failures => _failures;

    /// <summary>For how long it has run.</summary>
    public TimeSpan Elapsed => TimeProvider.System.GetElapsedTime(_started);

    /// <summary>The tasks whose creation was acknowledged.</summary>
    public IReadOnlyCollection<long> Created => [.. _created.Select(one => one.TaskId)];

    public static async Task<SteadyLoad> StartAsync()
    {
        var load = new SteadyLoad();
        for (var user = 0; user < Users; user++)
            load._clients.Add(await Client.LoggedInAsync());
        load._running = Task.WhenAll(load._clients.Select((client, number) => load.RunAsync(client, number)));
        await load.MoreAsync(100);
        return load;
    }

    /// <summary>Waits for so many more good answers.</summary>
    public async Task MoreAsync(int answers)
    {
        var enough = Answers + answers;
        try
        {
            await Eventually.True(() => Task.FromResult(Answers >= enough), TimeSpan.FromMinutes(3), $"{answers} more requests are answered");
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message} Of those that were not: {Last(_failures)}");
        }
    }

    /// <summary>Ends it; what is under way is waited for.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    /// <summary>Insists that no request failed.</summary>
    public void NoneFailed()
    {
        WriteCounts();
        Assert.True(_failures.IsEmpty, $"{_failures.Count} of {Answers + _failures.Count} requests failed: {Last(_failures)}");
    }

    /// <summary>Insists that no request failed which was not under way within this time.</summary>
    public void NoneFailedBut(TimeSpan from, TimeSpan to)
    {
        WriteCounts();
        var others = _failures.Where(failure => failure.Ended < from || failure.Asked > to).ToArray();
        Assert.True(others.Length == 0, $"{others.Length} requests failed that were not under way from {from.TotalSeconds:0.0} s to {to.TotalSeconds:0.0} s: {Last(others)}");
    }

    /// <summary>
    /// Insists that every task whose creation was acknowledged is there, comes to its good end, and is told of in Kafka, and that those who were told that they
    /// are registered log in: of many the last, whom a loss would hit first.
    /// </summary>
    public async Task NothingIsLostAsync()
    {
        Assert.NotEmpty(_created);
        await Parallel.ForEachAsync(_created, new ParallelOptions { MaxDegreeOfParallelism = Users }, async (one, _) =>
            await Eventually.True(async () => await one.Client.StatusOfTaskAsync(one.TaskId) == "completed", TimeSpan.FromMinutes(3), $"task {one.TaskId} completes"));

        var untold = Created.Select(id => $"{id}").ToHashSet();
        await TopicReader.ReadTopicAsync("127.0.0.1:29092", "task-events", events =>
        {
            if (events is [.., { } last] && last.Headers["ce_type"] == "task_completed")
                untold.Remove(last.Key);
            return untold.Count == 0;
        });

        Assert.NotEmpty(_registered);
        foreach (var (client, name) in _registered.TakeLast(LogInAtMost))
        {
            var status = await Eventually.Get(
                async () =>
                {
                    using var login = await client.LogInAsync(name);
                    return login.StatusCode;
                },
                // Who is not known stays so; who is turned away, as too many passwords wait, is let in later.
                status => status is HttpStatusCode.OK or HttpStatusCode.Unauthorized,
                TimeSpan.FromMinutes(1),
                $"{name} logs in");
            Assert.True(status == HttpStatusCode.OK, $"{name} was registered and is not known.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        foreach (var client in _clients)
            client.Dispose();
    }

    private async Task RunAsync(Client client, int number)
    {
        using var timer = new PeriodicTimer(_pace);
        long? newest = null;
        for (var turn = number * 6; !_stop.IsCancellationRequested; turn++)
        {
            switch (turn % 50)
            {
                case 4:
                    await AskAsync("login", client.LogInAsync, HttpStatusCode.OK, client.UseAsync);
                    break;
                case 29:
                    var name = Client.NewName();
                    await AskAsync("register", () => client.RegisterAsync(name), HttpStatusCode.Created, _ =>
                    {
                        _registered.Enqueue((client, name));
                        return Task.CompletedTask;
                    });
                    break;
                case var any when any % 10 is 0 or 3 or 6:
                    await AskAsync("create", () => client.CreateTaskAsync(), HttpStatusCode.Created, async answer =>
                    {
                        newest = await Client.TaskOfAsync(answer);
                        _created.Enqueue((client, newest.Value));
                    });
                    break;
                default:
                    if (newest is { } taskId)
                        await AskAsync($"get {taskId}", () => client.GetTaskAsync(taskId), HttpStatusCode.OK, _ => Task.CompletedTask);
                    break;
            }

            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private async Task AskAsync(string what, Func<Task<HttpResponseMessage>> ask, HttpStatusCode expected, Func<HttpResponseMessage, Task> take)
    {
        var asked = Elapsed;
        try
        {
            using var answer = await ask();
            if (answer.StatusCode == expected)
            {
                await take(answer);
                Interlocked.Increment(ref _answers);
                return;
            }

            Fail($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException or IOException)
        {
            Fail(error.Message);
        }

        void Fail(string how) => _failures.Enqueue(new(asked, Elapsed, what, how));
    }

    private void WriteCounts() =>
        TestContext.Current.TestOutputHelper!.WriteLine($"{Answers} requests were answered as they must be, {Failures.Count} were not.");

    private static string Last(IEnumerable<FailedRequest> failures) => string.Concat(failures.TakeLast(20).Select(failure => $"\n  {failure}"));
}
