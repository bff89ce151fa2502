using Airliner.Contracts.Tasks;
using Airliner.Tasks.Tests.Doubles;
using Xunit;

namespace Airliner.Tasks.Tests.Workers;

/// <summary>A worker as its gateway plays it to the silos.</summary>
internal sealed class GrainWorker(TaskSilos silos, string id, int capacity = 10)
{
    public const string Type = "worked";

    private readonly string _key = $"c_tests/{id}";
    private readonly Queue<WorkerLease> _leases = new();
    private long _seen;

    public Guid Session { get; } = Guid.NewGuid();

    public IWorkerGrain Grain => silos.Grains.GetGrain<IWorkerGrain>(_key);

    public string Owner => LeaseNames.OfWorker(_key);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Makes a task of the workers' type.</summary>
    public static async Task<long> CreateAsync(TaskSilos silos, int? maxAttempts = null)
    {
        var id = silos.NextId();
        await silos.Create(id, new CreateTask($"command-{id}", TaskSilos.Owner, Type, Priorities.Medium, """{"n": 1}""", null, maxAttempts));
        return id;
    }

    public Task<WorkerConnection> TryConnectAsync(string[] types, params HeldLease[] held) =>
        Grain.Connect(new ConnectWorker(Session, [.. types.Select(type => new WorkerCapacity(type, capacity))], held, Resumes: false));

    public async Task<GrainWorker> ConnectAsync(params HeldLease[] held)
    {
        Assert.Equal(ConnectOutcome.Connected, (await TryConnectAsync([Type], held)).Outcome);
        return this;
    }

    /// <summary>The next news, which may be none.</summary>
    public async Task<WorkerNews> NewsAsync()
    {
        var news = await Grain.Next(Session, _seen).WaitAsync(TimeSpan.FromSeconds(30), Token);
        _seen = news.Position;
        foreach (var lease in news.Leases)
            _leases.Enqueue(lease);
        return news;
    }

    /// <summary>Waits for a lease.</summary>
    public async Task<WorkerLease> LeaseAsync()
    {
        while (_leases.Count == 0)
            Assert.Equal(SessionStatus.Open, (await NewsAsync()).Status);
        return _leases.Dequeue();
    }

    public Task<LeaseOutcome> CompleteAsync(WorkerLease lease) =>
        silos.Task(lease.TaskId).Finish(new(Owner, lease.Attempt), new AttemptResult(Result: """{"by": "worker"}"""));

    public Task<LeaseOutcome> RenewAsync(WorkerLease lease) => silos.Task(lease.TaskId).Renew(new(Owner, lease.Attempt));

    public Task DisconnectAsync() => Grain.Disconnect(Session, _seen);
}
