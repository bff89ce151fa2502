namespace Airliner.Tasks.Grains.Queues;

/// <summary>Where the next task of a type runs, and whether there is room.</summary>
internal interface ISlotSource
{
    /// <summary>Whether one more may run now.</summary>
    bool HasFree { get; }

    /// <summary>Who is to run the next one: a worker's id, or null for the silo of the task's grain. Asked only while there is room.</summary>
    string? Take();
}

/// <summary>Tasks run in the silos of their grains, as many as the type's limit says.</summary>
internal sealed class SiloSlots(Slots slots, TaskTypeLimits limits) : ISlotSource
{
    public bool HasFree => slots.Count < limits.MaxInFlight;

    public string? Take() => null;
}
