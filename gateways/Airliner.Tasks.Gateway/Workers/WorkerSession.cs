using System.Collections.Concurrent;
using System.Threading.Channels;
using Airliner.Contracts.Tasks;
using Airliner.ServiceDefaults.Cluster;
using Airliner.Tasks.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Airliner.Tasks.Gateway.Workers;

/// <summary>A worker's session with its grain, which may lose its memory meanwhile: then the session says again what it is and has.</summary>
/// <param name="worker">The key of the grain.</param>
internal sealed class WorkerSession(GrainCalls calls, string worker, Register register)
{
    /// <summary>A third of a lease: two heartbeats may be lost.</summary>
    private const int HeartbeatsPerLease = 3;

    private readonly Guid _id = Guid.NewGuid();
    private readonly ConcurrentDictionary<HeldLease, byte> _held = new(register.Held.Select(lease => KeyValuePair.Create(lease.ToHeld(), (byte)0)));
    private volatile bool _drains;
    private long _seen;

    /// <summary>The worker, as the leases have it.</summary>
    public string Owner { get; } = LeaseNames.OfWorker(worker);

    /// <summary>The leases that the worker says it holds already.</summary>
    public IEnumerable<LeaseKey> HeldAtFirst => register.Held;

    /// <summary>Whether the worker takes nothing more.</summary>
    public bool Drains => _drains;

    /// <summary>The leases that were sent to the worker or named by it, and that it has not let go of.</summary>
    public IEnumerable<HeldLease> Held => _held.Keys;

    /// <summary>Opens the session, for the first time or anew.</summary>
    /// <exception cref="RpcException">It cannot be.</exception>
    public async Task<Registered> ConnectAsync(bool resumes, CancellationToken cancellation)
    {
        var command = new ConnectWorker(_id, [.. register.Types_.Select(type => new WorkerCapacity(type.Type, _drains ? 0 : type.Capacity))], [.. _held.Keys], resumes);
        var connection = await calls.Call(grains => Grain(grains).Connect(command), cancellation);
        return connection.Outcome switch
        {
            ConnectOutcome.TakenOver => throw TakenOver(),
            ConnectOutcome.RunsInSilo => throw new RpcException(new Status(
                StatusCode.InvalidArgument, $"types.type: must not be {connection.TaskType}, which the silos run themselves.")),
            ConnectOutcome.TooManyTypes => throw new RpcException(new Status(
                StatusCode.FailedPrecondition, $"types: a client may have {connection.MostTypes} types registered. One that no worker offers is forgotten after a month.")),
            _ => new Registered { LeaseSeconds = connection.Lease.TotalSeconds, HeartbeatSeconds = connection.Lease.TotalSeconds / HeartbeatsPerLease },
        };
    }

    /// <summary>Passes on what there is to tell the worker, until cancelled.</summary>
    /// <exception cref="RpcException">Another session has taken over.</exception>
    public async Task PumpAsync(ChannelWriter<ServerMessage> messages, CancellationToken cancellation)
    {
        while (true)
        {
            var news = await calls.Call(grains => Grain(grains).Next(_id, _seen), cancellation);
            if (news.Status == SessionStatus.TakenOver)
                throw TakenOver();
            if (news.Status == SessionStatus.Unknown)
            {
                await ConnectAsync(resumes: true, cancellation);
                _seen = 0;
                continue;
            }

            foreach (var lease in news.Leases)
            {
                // One that was read from the table may come once more by itself.
                if (!_held.TryAdd(lease.Key, 0))
                    continue;
                await messages.WriteAsync(new ServerMessage { Lease = MessageOf(lease) }, cancellation);
                // Where the stream breaks before the last, the worker may run this one, so all count as had: the others are given again to its next stream, or wait for
                // the end of their leases where there is none.
                _seen = news.Position;
            }

            foreach (var lease in news.Cancelled)
                await messages.WriteAsync(new ServerMessage { Cancel = new() { Lease = lease.ToKey() } }, cancellation);
            _seen = news.Position;
        }
    }

    /// <summary>The worker has let go of the lease, or lost it.</summary>
    public void Forget(HeldLease lease) => _held.TryRemove(lease, out _);

    public Task DrainAsync(CancellationToken cancellation)
    {
        // Before the call: a grain that has forgotten the session learns it when that is opened anew.
        _drains = true;
        return calls.Call(grains => Grain(grains).Drain(_id), cancellation);
    }

    public Task DisconnectAsync() => calls.Call(grains => Grain(grains).Disconnect(_id, _seen));

    private IWorkerGrain Grain(IGrainFactory grains) => grains.GetGrain<IWorkerGrain>(worker);

    private static Lease MessageOf(WorkerLease lease) => new()
    {
        Lease_ = lease.Key.ToKey(),
        Type = lease.TaskType,
        UserId = lease.UserId,
        Parameters = lease.Parameters,
        Deadline = lease.Deadline.ToTimestamp(),
        LeaseUntil = lease.Until.ToTimestamp(),
    };

    private static RpcException TakenOver() => new(new Status(
        StatusCode.Aborted, "Another stream of this worker_id has taken over. Only one process may use a worker_id."));
}

internal static class LeaseKeys
{
    public static HeldLease ToHeld(this LeaseKey lease) => new(lease.TaskId, lease.Attempt);

    public static LeaseKey ToKey(this HeldLease lease) => new() { TaskId = lease.TaskId, Attempt = lease.Attempt };
}
