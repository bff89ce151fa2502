using Airliner.Contracts.Auth;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Requests;
using Airliner.ServiceDefaults.Streams;
using Airliner.Tasks.V1;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;

namespace Airliner.Tasks.Gateway.Workers;

/// <summary><c>airliner.tasks.v1.TaskWorker</c>, for machine clients with the scope <c>tasks.work</c>.</summary>
[Authorize(Scopes.TasksWork)]
internal sealed class TaskWorkerService(
    GrainCalls calls, LiveStreams streams, StreamPermits permits, TimeProvider time, ILogger<TaskWorkerService> log) : TaskWorker.TaskWorkerBase
{
    private static readonly TimeSpan _registersWithin = TimeSpan.FromSeconds(10);

    public override async Task Work(
        IAsyncStreamReader<WorkerMessage> requestStream, IServerStreamWriter<ServerMessage> responseStream, ServerCallContext context)
    {
        var http = context.GetHttpContext();
        using var permit = permits.Take(http);
        await streams.RunAsync(http, ended => WorkAsync(http.Caller().ClientId, requestStream, responseStream, ended), context.CancellationToken);
    }

    private async Task WorkAsync(
        string clientId, IAsyncStreamReader<WorkerMessage> requests, IServerStreamWriter<ServerMessage> responses, CancellationToken ended)
    {
        var register = await FirstAsync(requests, ended);
        WorkerRules.Check(register);
        var session = new WorkerSession(calls, $"{clientId}/{register!.WorkerId}", register);
        await using var reports = new LeaseReports(calls, session, time, log);
        await new WorkerStream(session, reports, time).RunAsync(requests, responses, ended);
    }

    private async Task<Register?> FirstAsync(IAsyncStreamReader<WorkerMessage> requests, CancellationToken ended)
    {
        using var patience = new CancellationTokenSource(_registersWithin, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ended, patience.Token);
        try
        {
            return await requests.MoveNext(either.Token) ? requests.Current.Register : null;
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !ended.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, $"register: must come within {_registersWithin.TotalSeconds} seconds."));
        }
    }
}
