using System.Text.Json;
using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Airliner.ServiceDefaults.Outbound;
using Airliner.Tasks.Tests.Doubles;
using Airliner.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.FileUpload;

/// <summary>A silo, and a server that its tasks may fetch files from.</summary>
public sealed class FetchingSilo(PostgresServer postgres) : IAsyncLifetime
{
    internal TaskSilos Silos { get; private set; } = null!;

    internal RemoteServer Server { get; private set; } = null!;

    internal (string Key, string Value)[] Settings { get; init; } = [];

    public async ValueTask InitializeAsync()
    {
        Server = await RemoteServer.StartAsync();
        Silos = await TaskSilos.StartAsync(postgres, settings: [("Outbound:AllowedHosts", Server.Host), .. Settings]);
        Server.TrustedBy(Silos.Services<OutboundHttp>().Single());
    }

    public async ValueTask DisposeAsync()
    {
        await Silos.DisposeAsync();
        await Server.DisposeAsync();
    }
}

/// <summary>A user of the silo, and an endpoint to fetch from.</summary>
internal sealed class FileRun(TaskSilos silos, RemoteEndpoint endpoint)
{
    private static long _lastUser = 3000;

    public long UserId { get; } = Interlocked.Increment(ref _lastUser);

    public TaskSilos Silos => silos;

    public RemoteEndpoint Endpoint => endpoint;

    /// <summary>The user's files that the artifact store holds.</summary>
    public IEnumerable<string> Stored => silos.Stored.Where(path => path.Contains($"/users/{UserId}/", StringComparison.Ordinal));

    public async Task<long> CreateAsync(object parameters, int? maxAttempts = null)
    {
        var id = silos.NextId();
        await silos.Create(id, new CreateTask(
            $"command-{id}", UserId, TaskTypes.FileUpload, Priorities.Medium, JsonSerializer.Serialize(parameters), MaxAttempts: maxAttempts));
        return id;
    }

    public async Task<TaskView> EndAsync(object parameters, int? maxAttempts = null) => await silos.EndAsync(await CreateAsync(parameters, maxAttempts));

    public Task<CancelResult> CancelAsync(long taskId) => silos.Task(taskId).Cancel(new Caller(UserId, "airliner", [Roles.User]));
}
