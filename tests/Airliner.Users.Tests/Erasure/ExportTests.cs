using System.Net;
using Airliner.Contracts.PersonalData;
using Airliner.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Airliner.Users.Tests.Erasure;

/// <summary>One document of all that the services hold of a user.</summary>
public sealed class ExportTests(RunningSystem system)
{
    [Fact]
    public async Task It_has_what_each_service_holds_of_the_user_and_of_no_other()
    {
        var (user, other) = (await system.NewUserAsync(), await system.NewUserAsync());
        foreach (var account in new[] { user, other })
        {
            using var task = await system.Tasks.SendAsync(
                HttpMethod.Post, "/api/v1/eventstreammonitor/tasks", account.AccessToken, new { parameters = new { note = account.Username } });
            Assert.Equal(HttpStatusCode.Created, task.StatusCode);
            using var file = await system.Tasks.SendAsync(HttpMethod.Post, "/api/v1/eventstreammonitor/files", account.AccessToken, new { account.Username });
            Assert.Equal(HttpStatusCode.Created, file.StatusCode);
        }

        var wanted = $"new-{user.Email}";
        using var asked = await system.Users.SendAsync(
            HttpMethod.Patch, $"/api/v1/airliner/users/{user.UserId}", user.AccessToken, new { email = wanted, password = user.Password });
        await asked.JsonAsync();

        using var answer = await system.Users.SendAsync(HttpMethod.Get, Path(user), user.AccessToken);

        var export = await answer.JsonAsync();
        Assert.Equal($"attachment; filename=\"user-{user.UserId}.json\"", $"{answer.Content.Headers.ContentDisposition}");
        Assert.Equal(user.UserId, export.GetProperty("userId").GetInt64());
        Assert.Equal(user.Email, export.GetProperty("users").GetProperty("profile").GetProperty("email").GetString());
        Assert.Equal(wanted, export.GetProperty("users").GetProperty("profile").GetProperty("pendingEmail").GetString());
        Assert.StartsWith("s_", Assert.Single(export.GetProperty("auth").GetProperty("sessions").EnumerateArray()).GetProperty("sessionId").GetString());
        var made = Assert.Single(export.GetProperty("tasks").GetProperty("tasks").EnumerateArray());
        Assert.Equal(user.Username, made.GetProperty("parameters").GetProperty("note").GetString());
        Assert.Single(export.GetProperty("tasks").GetProperty("files").EnumerateArray());
        Assert.True(export.GetProperty("notifications").TryGetProperty("notifications", out _), export.GetRawText());
        Assert.DoesNotContain(other.Username, export.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("argon2", export.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_has_all_that_there_is_however_much()
    {
        var user = await system.NewUserAsync();
        const int Tasks = 1200;
        foreach (var count in new[] { 1000, Tasks - 1000 })
        {
            using var made = await system.Tasks.SendAsync(
                HttpMethod.Post, "/api/v1/eventstreammonitor/tasks/batch", user.AccessToken,
                new { tasks = Enumerable.Range(0, count).Select(_ => new { runAt = TimeProvider.System.GetUtcNow().AddDays(1) }) });
            Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync());
        }

        using var answer = await system.Users.SendAsync(HttpMethod.Get, Path(user), user.AccessToken);

        var held = (await answer.JsonAsync()).GetProperty("tasks");
        var tasks = held.GetProperty("tasks").EnumerateArray().Select(task => task.GetProperty("taskId").GetInt64()).ToArray();
        Assert.Equal(Tasks, tasks.Distinct().Count());
        Assert.Equal(tasks.OrderDescending(), tasks);
        Assert.Equal(tasks.Order(), held.GetProperty("taskEvents").EnumerateArray().Select(one => one.GetProperty("taskId").GetInt64()));
    }

    [Fact]
    public async Task It_is_the_users_own_and_administrators_and_of_nobody_who_is_not_there()
    {
        var (user, other) = (await system.NewUserAsync(), await system.NewUserAsync());
        var admin = await system.AdminTokenAsync();

        using var foreign = await system.Users.SendAsync(HttpMethod.Get, Path(user), other.AccessToken);
        await foreign.ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
        using var machine = await system.Users.SendAsync(HttpMethod.Get, Path(user), await system.ServiceTokenAsync());
        await machine.ProblemAsync(HttpStatusCode.Forbidden, "FORBIDDEN");
        using var read = await system.Users.SendAsync(HttpMethod.Get, Path(user), admin);
        await read.JsonAsync();
        using var deleted = await system.Users.SendAsync(HttpMethod.Delete, $"/api/v1/airliner/users/{user.UserId}", admin);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var gone = await system.Users.SendAsync(HttpMethod.Get, Path(user), admin);
        await gone.ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
    }

    [Fact]
    public void Every_source_belongs_to_a_service() => Assert.Empty(system.Silo.GetServices<IPersonalDataSource>());

    private static string Path(Account user) => $"/api/v1/airliner/users/{user.UserId}/export";
}
