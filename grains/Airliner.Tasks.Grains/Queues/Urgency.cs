using Airliner.Contracts.Tasks;

namespace Airliner.Tasks.Grains.Queues;

/// <summary>
/// How urgent a task is by now, from 0, as a low one, to <see cref="Highest"/>, as a critical one. It ages: whatever its priority, it counts as a critical task once it has
/// waited for as long as a critical one is put ahead of it.
/// </summary>
internal static class Urgency
{
    /// <summary>How far behind its turn a task is when it becomes that urgent.</summary>
    private static readonly TimeSpan[] _after = [.. Priorities.All.Select(Priorities.Boost)];

    public static int Highest { get; } = _after.Length - 1;

    /// <summary>How urgent a task of that turn is now.</summary>
    public static int Of(DateTimeOffset order, DateTimeOffset now)
    {
        var urgency = 0;
        while (urgency < Highest && order + _after[urgency + 1] <= now)
            urgency++;
        return urgency;
    }

    /// <summary>When it becomes more urgent than that; null where it cannot.</summary>
    public static DateTimeOffset? RisesAt(DateTimeOffset order, int urgency) => urgency < Highest ? order + _after[urgency + 1] : null;
}
