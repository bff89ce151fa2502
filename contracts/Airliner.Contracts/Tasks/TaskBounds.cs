namespace Airliner.Contracts.Tasks;

/// <summary>What the numbers of a task may be at most, in the settings of its type as in a request. At least each is 1.</summary>
public static class TaskBounds
{
    /// <summary>How often a task may be tried.</summary>
    public const int MostAttempts = 100;

    /// <summary>How long one attempt may run, in seconds: a day.</summary>
    public const int LongestTimeoutSeconds = 86_400;

    /// <summary>How long a task may wait for a start once it is due, in seconds: 30 days.</summary>
    public const int LongestStartWithinSeconds = 30 * 86_400;
}
