namespace Airliner.Tasks.Grains.Handlers;

/// <summary>
/// The task's parameters or input cannot be used: a permanent failure, which is not tried again. The message is the
/// task's <c>errorMessage</c> and names the member, line or column.
/// </summary>
public sealed class TaskInputException(string message) : Exception(message);
