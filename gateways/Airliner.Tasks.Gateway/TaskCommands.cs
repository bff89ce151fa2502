using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Airliner.ServiceDefaults.Problems;

namespace Airliner.Tasks.Gateway;

/// <summary>What the body of a create comes to, alone or in a batch: a command, or why it is refused.</summary>
internal static class TaskCommands
{
    private static readonly CreateTaskRules _rules = new();

    /// <summary>Whether the body fulfils the rules.</summary>
    public static bool IsValid(CreateTaskBody body, [NotNullWhen(false)] out IResult? refusal)
    {
        var result = _rules.Validate(body);
        refusal = result.IsValid ? null : Problem.Invalid(result.ToDictionary());
        return result.IsValid;
    }

    /// <summary>The command of a body that fulfils the rules, where the caller may give it.</summary>
    public static bool TryMake(
        CreateTaskBody body, Caller caller, string commandId, [NotNullWhen(true)] out CreateTask? command, [NotNullWhen(false)] out IResult? refusal)
    {
        command = null;
        if (!MayActFor(caller, body.UserId, "A task", out var userId, out refusal))
            return false;
        command = new CreateTask(
            commandId, userId, body.TaskType ?? TaskTypes.Default, body.Priority ?? Priorities.Medium, ParametersOf(body.Parameters),
            body.RunAt, body.MaxAttempts, body.TimeoutSeconds);
        return true;
    }

    /// <summary>Whether the caller may make something for the user that the body names, or for itself where it names none.</summary>
    /// <param name="what">What is made, for people.</param>
    public static bool MayActFor(Caller caller, long? named, string what, out long userId, [NotNullWhen(false)] out IResult? refusal)
    {
        userId = named ?? caller.UserId ?? 0;
        refusal = named is null && caller.UserId is null ? Problem.Invalid("userId", "is required of a machine client: it names whom it acts for.")
            : !caller.Is(userId) && !caller.IsAdmin && !caller.IsService ? Problem.Forbidden($"{what} can be made for oneself only.")
            : null;
        return refusal is null;
    }

    public static string ParametersOf(JsonElement? parameters) => parameters is { ValueKind: JsonValueKind.Object } given ? given.GetRawText() : "{}";

    public static IResult UserIsErased() => Problem.Invalid("userId", "is of a user who was deleted.");
}
