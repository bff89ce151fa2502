namespace Airliner.Tasks.Grains.Handlers;

/// <summary>
/// The attempt failed for something that may pass, such as a server that is away: the task is tried again while attempts are left. The message is the task's
/// <c>errorMessage</c>.
/// </summary>
public sealed class TaskTryAgainException(string message) : Exception(message);
