using Airliner.Tasks.Grains.Workers;

namespace Airliner.Tasks.Grains.Queues;

/// <summary>Where the next task of a type runs, and whether there is room.</summary>
internal interface ISlotSource
{
    /// <summary>Whether one more may run now.</summary>
    /// <param name="worker">Who is to run it: a worker's key, or null for the silo of the task's grain.</param>
    bool HasFree(DateTimeOffset now, out string? worker);
}

/// <summary>Tasks run in the silos of their grains, as many as the type's limit says.</summary>
internal sealed class SiloSlots(Slots slots, TaskTypeLimits limits) : ISlotSource
{
    public bool HasFree(DateTimeOffset now, out string? worker)
    {
        worker = null;
        return slots.Count < limits.MaxInFlight;
    }
}

/// <summary>Tasks run at workers, as many as each of them offers to run and the type's limit says.</summary>
internal sealed class OfferedSlots(Slots slots, WorkerSlots workers, TaskTypeLimits limits) : ISlotSource
{
    public bool HasFree(DateTimeOffset now, out string? worker)
    {
        worker = slots.Count < limits.MaxInFlightAtWorkers ? workers.Next(now) : null;
        return worker is not null;
    }
}
