using System.Net;
using System.Text.Json;
using Airliner.Testing;

namespace Airliner.Tasks.Tests.Workers;

/// <summary>Tasks of workers' types over REST, as their owners have them.</summary>
internal static class WorkerTasks
{
    private const string Tasks = "/api/v1/eventstreammonitor/tasks";

    public static async Task<long> CreateTaskAsync(this RunningSystem system, Account user, string type, object? parameters = null, int maxAttempts = 3)
    {
        using var answer = await system.Tasks.SendAsync(HttpMethod.Post, Tasks, user.AccessToken, new { taskType = type, parameters = parameters ?? new { }, maxAttempts });
        return (await answer.JsonAsync(HttpStatusCode.Created)).GetProperty("task").GetProperty("taskId").GetInt64();
    }

    public static async Task<JsonElement> GetTaskAsync(this RunningSystem system, Account user, long taskId)
    {
        using var answer = await system.Tasks.SendAsync(HttpMethod.Get, $"{Tasks}/{taskId}", user.AccessToken);
        return (await answer.JsonAsync()).GetProperty("task");
    }

    public static async Task CancelTaskAsync(this RunningSystem system, Account user, long taskId)
    {
        using var answer = await system.Tasks.SendAsync(HttpMethod.Put, $"{Tasks}/{taskId}/cancel", user.AccessToken);
        await answer.JsonAsync();
    }

    /// <summary>Waits until the task is as the test wants it. Nothing tells a client of REST when.</summary>
    public static Task<JsonElement> TaskAsync(this RunningSystem system, Account user, long taskId, Func<JsonElement, bool> wanted) =>
        Eventually.Get(() => system.GetTaskAsync(user, taskId), wanted, $"task {taskId} is as the test wants it");

    public static Task<JsonElement> EndedTaskAsync(this RunningSystem system, Account user, long taskId) =>
        system.TaskAsync(user, taskId, task => task.Status() is "completed" or "failed" or "cancelled");

    public static string Status(this JsonElement task) => task.GetProperty("status").GetString()!;

    public static int Attempts(this JsonElement task) => task.GetProperty("attempts").GetInt32();
}
