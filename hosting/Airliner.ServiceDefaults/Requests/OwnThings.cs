using Airliner.Contracts;

namespace Airliner.ServiceDefaults.Requests;

/// <summary>Whose things a caller may list: administrators and operators everybody's, a user the own, a machine client nobody's.</summary>
public static class OwnThings
{
    /// <summary>Narrows what is asked for to what the caller may have.</summary>
    /// <param name="userId">Whose things are asked for, null for everybody's; then, whose the caller gets.</param>
    /// <param name="things">What they are, for example <c>tasks</c>.</param>
    /// <param name="doing">What is done with them.</param>
    /// <param name="done">The same, when it is done.</param>
    /// <returns>Why the caller may not have them; null where he may.</returns>
    public static string? Narrow(this Caller caller, ref long? userId, string things, string doing = "list", string done = "listed")
    {
        ArgumentNullException.ThrowIfNull(caller);
        if (caller.ReadsAll)
            return null;
        if (caller.UserId is not { } own)
            return $"A machine client has no {things} of its own to {doing}.";
        if (userId is { } other && other != own)
            return $"Another user's {things} cannot be {done}.";
        userId = own;
        return null;
    }
}
