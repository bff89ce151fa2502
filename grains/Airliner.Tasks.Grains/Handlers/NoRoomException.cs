namespace Airliner.Tasks.Grains.Handlers;

/// <summary>The silo has no room for the attempt now, whatever the task is. It does not count, and another follows when others may have ended. The message is the task's <c>errorMessage</c>.</summary>
internal sealed class NoRoomException(string message) : Exception(message);
