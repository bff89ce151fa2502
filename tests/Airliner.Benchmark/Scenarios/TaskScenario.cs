using System.Net;
using Airliner.Benchmark.Load;
using Airliner.Benchmark.Processes;
using Airliner.Benchmark.Reporting;

namespace Airliner.Benchmark.Scenarios;

/// <summary>Creates, gets and lists tasks, in turns with the peer.</summary>
internal sealed class TaskScenario : Scenario
{
    private const int Users = 10;

    /// <summary>Tasks of each user that reads: two pages of a list.</summary>
    private const int TasksOfUser = 100;

    public override IReadOnlyList<string> Measures { get; } = ["create", "get", "list"];

    public override async Task<IReadOnlyList<Row>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var accounts = await bench.AccountsAsync(cancellation);
        var system = (await bench.ServiceAsync("Tasks", cancellation)).RestPort;
        var peer = (await bench.PeerAsync(cancellation)).Port;
        // Those that read own no more than their hundred, however many the others create.
        var readers = (await accounts.TakeAsync(2 * Users, cancellation)).Skip(Users).ToArray();
        var ours = await TaskSeed.CreateAsync(system, TaskBodies.SystemPath, readers, TasksOfUser, cancellation);
        var theirs = await TaskSeed.CreateAsync(peer, "/tasks", readers, TasksOfUser, cancellation);

        var rows = new List<Row>();
        foreach (var name in Measures.Where(bench.Options.Rows.Contains))
        {
            var fresh = await accounts.TakeAsync(2 * Users, cancellation);
            var (forSystem, forPeer) = name switch
            {
                "create" => Creates(fresh.Take(Users)),
                "get" => Gets(fresh.Skip(Users), ours, theirs),
                _ => Lists(fresh.Skip(Users)),
            };
            var result = await bench.CompareAsync(
                name, () => bench.LoadAsync(system, forSystem, cancellation), () => bench.LoadAsync(peer, forPeer, cancellation));
            rows.Add(Describe(name, result));
        }

        return rows;
    }

    private static (IWorkload System, IWorkload Peer) Creates(IEnumerable<Account> accounts) => Both(
        HttpStatusCode.Created,
        accounts.Select(account => new[] { HttpRequests.Post(TaskBodies.SystemPath, TaskBodies.Later(account.UserId), account.Token) }),
        accounts.Select(account => new[] { HttpRequests.Post("/tasks", TaskBodies.Later(account.UserId)) }));

    private static (IWorkload System, IWorkload Peer) Gets(IEnumerable<Account> accounts, long[][] ours, long[][] theirs) => Both(
        HttpStatusCode.OK,
        accounts.Zip(ours, (account, ids) => ids.Select(id => HttpRequests.Get($"{TaskBodies.SystemPath}/{id}", account.Token)).ToArray()),
        theirs.Select(ids => ids.Select(id => HttpRequests.Get($"/tasks/{id}")).ToArray()));

    private static (IWorkload System, IWorkload Peer) Lists(IEnumerable<Account> accounts) => Both(
        HttpStatusCode.OK,
        accounts.Select(account => new[] { HttpRequests.Get(TaskBodies.SystemPath, account.Token) }),
        accounts.Select(account => new[] { HttpRequests.Get($"/tasks?userId={account.UserId}") }));

    private static (IWorkload System, IWorkload Peer) Both(HttpStatusCode status, IEnumerable<byte[][]> system, IEnumerable<byte[][]> peer) =>
        (new PreparedRequests((int)status, [.. system]), new PreparedRequests((int)status, [.. peer]));

    private static Row Describe(string name, (LoadResult System, LoadResult? Peer) result) => name switch
    {
        "create" => new(name, "create task", result.System, result.Peer, "≥ 2 × the peer", "due in 2099, so that neither side runs it; the row and its event are durable"),
        "get" => new(name, "get task by id", result.System, result.Peer, "≥ 2 × the peer", $"{Users * TasksOfUser} tasks of {Users} users, in turn"),
        _ => new(name, "list own tasks", result.System, result.Peer, "≥ the peer", $"the first page of 50 of {TasksOfUser} tasks, {Users} users; the peer counts no total"),
    };
}
