using System.Net;
using Airliner.Benchmark.Load;
using Airliner.Benchmark.Processes;

namespace Airliner.Benchmark.Scenarios;

/// <summary>Creates, as loads of the system.</summary>
internal static class TaskLoads
{
    /// <summary>Tasks that stay where they are.</summary>
    public static PreparedRequests Later(IEnumerable<Account> accounts) => Of(accounts, TaskBodies.Later);

    /// <summary>Tasks that run at once.</summary>
    public static PreparedRequests Now(IEnumerable<Account> accounts) => Of(accounts, TaskBodies.Now);

    /// <summary>Tasks that a worker runs at once, and that do nothing.</summary>
    public static PreparedRequests NoOp(IEnumerable<Account> accounts) => Of(accounts, TaskBodies.NoOp);

    private static PreparedRequests Of(IEnumerable<Account> accounts, Func<long, string> body) => new(
        (int)HttpStatusCode.Created,
        [.. accounts.Select(account => new[] { HttpRequests.Post(TaskBodies.SystemPath, body(account.UserId), account.Token) })]);
}
