namespace Airliner.Contracts.Events;

/// <summary>The Kafka topics.</summary>
public static class Topics
{
    public const string UserRegistration = "user-registration-events";
    public const string Auth = "auth-events";
    public const string Tasks = "task-events";
    public const string Notifications = "notification-events";

    /// <summary>Every topic that a service of ours produces to.</summary>
    public static IReadOnlyList<string> All { get; } = [UserRegistration, Auth, Tasks, Notifications];

    /// <summary>The same, each followed by the topic of its dead letters: all that a broker has to have.</summary>
    public static IReadOnlyList<string> AllWithDeadLetters { get; } = [.. All.SelectMany(topic => new[] { topic, DeadLettersOf(topic) })];

    /// <summary>Where a topic's consumers put what they can never handle.</summary>
    public static string DeadLettersOf(string topic) => topic + ".dlq";
}
