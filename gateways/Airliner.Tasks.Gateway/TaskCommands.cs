using System.Text.Json;
using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Gateway.Workers;

namespace Airliner.Tasks.Gateway;

/// <summary>What the body of a create that fulfils the rules comes to, alone, in a batch or as that of a schedule: a command, or why it is refused.</summary>
internal sealed class TaskCommands(RegisteredTypes types)
{
    /// <summary>Why nothing is made for a user who was deleted.</summary>
    public static TaskRefusal UserIsErased { get; } = TaskRefusal.Invalid("userId", "is of a user who was deleted.");

    /// <summary>A moment, for those who have many commands made at once.</summary>
    public long Now => types.Now;

    /// <summary>The command, where the caller may give it and tasks can be of its type.</summary>
    /// <param name="what">What is made, for people.</param>
    /// <param name="since">Types that were registered until then are to be known: now, where it is not given.</param>
    public async ValueTask<Reply<CreateTask>> MakeAsync(Caller caller, CreateTaskBody body, string commandId, string what = "A task", long? since = null)
    {
        if (body.UserId is null && caller.UserId is null)
            return TaskRefusal.Invalid("userId", "is required of a machine client: it names whom it acts for.");
        var userId = body.UserId ?? caller.UserId!.Value;
        if (!caller.Is(userId) && !caller.IsAdmin && !caller.IsService)
            return TaskRefusal.Forbidden($"{what} can be made for oneself only.");
        var taskType = body.TaskType ?? TaskTypes.Default;
        if (await types.RefusalAsync(taskType, since ?? Now) is { } refusal)
            return TaskRefusal.Invalid("taskType", refusal);
        return new CreateTask(
            commandId, userId, taskType, body.Priority ?? Priorities.Medium, ParametersOf(body), body.RunAt, body.MaxAttempts, body.TimeoutSeconds,
            body.StartWithinSeconds, body.Deadline);
    }

    /// <summary>What a task's parameters are, to the letter, where a body says so or says nothing.</summary>
    public static string ParametersOf(CreateTaskBody body) => body.Parameters is { ValueKind: JsonValueKind.Object } given ? given.GetRawText() : "{}";
}
