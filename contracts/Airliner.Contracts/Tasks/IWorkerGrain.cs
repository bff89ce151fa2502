using Orleans.Concurrency;

namespace Airliner.Contracts.Tasks;

/// <summary>
/// A worker outside the cluster, as the silos see it: what it can take, and what is on its way to it. Key: client id, <c>/</c>, the worker's own id. What it
/// reports goes to the tasks themselves.
/// </summary>
[Alias("airliner.IWorkerGrain")]
public interface IWorkerGrain : IGrainWithStringKey
{
    /// <summary>Opens a session, which takes over from the one before. Leases that the worker holds and does not name are given to it again.</summary>
    /// <exception cref="Records.StorageUnavailableException">The database does not answer.</exception>
    [Alias("Connect")]
    Task<WorkerConnection> Connect(ConnectWorker command);

    /// <summary>What is to be told to the worker; waits a while for something to come.</summary>
    /// <param name="seen">The position up to which the session has had everything, 0 at first.</param>
    [Alias("Next")]
    Task<WorkerNews> Next(Guid session, long seen);

    /// <summary>A task was leased to the worker. Where this is lost the lease runs out.</summary>
    [OneWay]
    [Alias("Give")]
    Task Give(WorkerLease lease);

    /// <summary>An attempt is to be stopped. Where this is lost the worker hears of it when it renews the lease.</summary>
    [OneWay]
    [Alias("Cancel")]
    Task Cancel(long taskId, int attempt);

    /// <summary>The session takes nothing more.</summary>
    [Alias("Drain")]
    Task Drain(Guid session);

    /// <summary>The session has ended. What has not reached it is handed back.</summary>
    /// <inheritdoc cref="Next" path="/param"/>
    [Alias("Disconnect")]
    Task Disconnect(Guid session, long seen);
}

/// <summary>A worker's session to open.</summary>
/// <param name="Session">Made by the gateway.</param>
/// <param name="Types">What it can take.</param>
/// <param name="Held">The leases that it holds.</param>
/// <param name="Resumes">Whether the session was open before and its grain has forgotten it: then it takes over from no other.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.ConnectWorker")]
public sealed record ConnectWorker(
    [property: Id(0)] Guid Session,
    [property: Id(1)] IReadOnlyList<WorkerCapacity> Types,
    [property: Id(2)] IReadOnlyList<HeldLease> Held,
    [property: Id(3)] bool Resumes)
{
    /// <summary>Leases that a registration may name. Who names as many may hold more.</summary>
    public const int MostHeld = 10_000;
}

/// <param name="Tasks">Tasks of the type that the worker runs at once.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.WorkerCapacity")]
public sealed record WorkerCapacity([property: Id(0)] string TaskType, [property: Id(1)] int Tasks);

/// <summary>A lease, by what tells it from all others.</summary>
[GenerateSerializer]
[Immutable]
[Alias("airliner.HeldLease")]
public readonly record struct HeldLease([property: Id(0)] long TaskId, [property: Id(1)] int Attempt);

/// <summary>How a <see cref="IWorkerGrain.Connect"/> ended.</summary>
public enum ConnectOutcome
{
    Connected,

    /// <summary>Another session has taken over.</summary>
    TakenOver,

    /// <summary>A type is one that the silos run themselves.</summary>
    RunsInSilo,

    /// <summary>The client would have more types than it may.</summary>
    TooManyTypes,
}

/// <param name="Lease">How long a lease holds without a sign of life; the shortest where that differs by type.</param>
/// <param name="TaskType">The type that runs in the silos, where that is the outcome.</param>
/// <param name="MostTypes">How many types the client may have, where it would have more.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.WorkerConnection")]
public sealed record WorkerConnection(
    [property: Id(0)] ConnectOutcome Outcome,
    [property: Id(1)] TimeSpan Lease = default,
    [property: Id(2)] string TaskType = "",
    [property: Id(3)] int MostTypes = 0);

/// <summary>Whether a session goes on.</summary>
public enum SessionStatus
{
    Open,

    /// <summary>Another session has taken over: it is to end.</summary>
    TakenOver,

    /// <summary>The grain does not know it, since it has just been activated: the session connects again.</summary>
    Unknown,
}

/// <summary>What is to be told to a worker.</summary>
/// <param name="Position">The position after all of this.</param>
/// <param name="Cancelled">Attempts to stop. Those of <paramref name="Leases"/> are told first.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.WorkerNews")]
public sealed record WorkerNews(
    [property: Id(0)] SessionStatus Status,
    [property: Id(1)] long Position,
    [property: Id(2)] IReadOnlyList<WorkerLease> Leases,
    [property: Id(3)] IReadOnlyList<HeldLease> Cancelled);

/// <summary>One attempt for a worker to run.</summary>
/// <param name="Parameters">A JSON object.</param>
/// <param name="Deadline">When the attempt has to be over.</param>
/// <param name="Until">Until when the lease holds without a sign of life.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.WorkerLease")]
public sealed record WorkerLease(
    [property: Id(0)] long TaskId,
    [property: Id(1)] int Attempt,
    [property: Id(2)] string TaskType,
    [property: Id(3)] long UserId,
    [property: Id(4)] string Parameters,
    [property: Id(5)] DateTimeOffset Deadline,
    [property: Id(6)] DateTimeOffset Until)
{
    public HeldLease Key => new(TaskId, Attempt);
}

/// <summary>How many tasks of a type a worker can run at once. Repeated every few seconds; one that is not repeated is forgotten.</summary>
/// <param name="Worker">The key of the worker's grain.</param>
/// <param name="Capacity">Those that it runs already are among them; 0 when it takes nothing more.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.WorkerOffer")]
public sealed record WorkerOffer([property: Id(0)] string Worker, [property: Id(1)] int Capacity);
