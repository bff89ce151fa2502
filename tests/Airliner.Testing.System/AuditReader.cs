using System.Text.Json;

namespace Airliner.Testing;

/// <summary>Reads the audit logs of the <see cref="RunningSystem"/> as an administrator does.</summary>
public static class AuditReader
{
    /// <summary>A user's entries in a gateway's audit log, oldest first.</summary>
    public static async Task<IReadOnlyList<JsonElement>> AuditOfAsync(this RunningSystem system, RunningGateway gateway, long userId)
    {
        using var answer = await gateway.SendAsync(HttpMethod.Get, $"/api/v1/airliner/audit?limit=200&userId={userId}", await system.AdminTokenAsync());
        return [.. (await answer.JsonAsync()).GetProperty("audit").EnumerateArray().Reverse()];
    }

    /// <summary>What an entry says happened.</summary>
    public static string Action(this JsonElement entry) => entry.GetProperty("action").GetString()!;

    /// <summary>Who an entry says did it: <c>user 1000</c>, <c>client c_…</c>, <c>anonymous</c>, <c>system</c>.</summary>
    public static string Actor(this JsonElement entry)
    {
        var actor = entry.GetProperty("actor");
        return $"{actor.GetProperty("kind")} {actor.GetProperty("userId")}{actor.GetProperty("clientId")}".Trim();
    }
}
