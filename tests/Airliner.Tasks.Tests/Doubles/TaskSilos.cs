using Airliner.Artifacts;
using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Airliner.Persistence.Postgres.Outbox;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Grains.Queues;
using Airliner.Tasks.Silo;
using Airliner.Tasks.Silo.Storage;
using Airliner.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.TestingHost;
using Xunit;

namespace Airliner.Tasks.Tests.Doubles;

/// <summary>Silos with the module on a database of their own, with a handler that the test scripts and a relay that keeps what it is given.</summary>
internal sealed class TaskSilos : IAsyncDisposable
{
    public const string Type = "scripted";
    public const long Owner = 1001;

    private readonly string _folder = Directory.CreateTempSubdirectory("airliner-tasks-").FullName;
    private InProcessTestCluster _cluster = null!;
    private long _lastId = 5000;

    private TaskSilos(TasksDatabase database) => Database = database;

    public TasksDatabase Database { get; }

    public Script Script { get; } = new();

    public RecordingRelay Relay { get; } = new();

    public Readings Readings { get; } = new();

    /// <summary>The files that the artifact store holds.</summary>
    public IEnumerable<string> Stored => Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories);

    public IGrainFactory Grains => _cluster.Client;

    /// <summary>The first silo, as the owner of a lease.</summary>
    public string SiloAddress => _cluster.Silos[0].SiloAddress.ToParsableString();

    public IReadOnlyList<InProcessSiloHandle> Silos => _cluster.Silos;

    public ITaskQueriesGrain Queries => Grains.GetGrain<ITaskQueriesGrain>(0);

    /// <summary>What is in a service provider of each silo, for what cannot be reached through its grains.</summary>
    public IEnumerable<T> Services<T>()
        where T : notnull => _cluster.Silos.Select(silo => silo.ServiceProvider.GetRequiredService<T>());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<TaskSilos> StartAsync(
        PostgresServer server, short silos = 1, Func<IArtifactStore>? artifacts = null, params (string Key, string Value)[] settings) =>
        await StartAsync(await TasksDatabase.CreateAsync(server), silos, artifacts, settings, _ => { });

    public static async Task<TaskSilos> StartAsync(PostgresServer server, Action<ISiloBuilder> configure) =>
        await StartAsync(await TasksDatabase.CreateAsync(server), 1, null, [], configure);

    /// <summary>
    /// Two clusters over one database, which believe each other alive: as the two halves of a cluster do while neither has noticed that it does not hear the other. Each
    /// has an activation of the queue.
    /// </summary>
    public static async Task<(TaskSilos One, TaskSilos Other)> StartHalvesAsync(PostgresServer server, params (string Key, string Value)[] settings)
    {
        var database = await TasksDatabase.CreateAsync(server);
        return (await StartAsync(database, 1, null, settings, TrustEverySilo), await StartAsync(database, 1, null, settings, TrustEverySilo));

        static void TrustEverySilo(ISiloBuilder silo) => silo.Services.Replace(ServiceDescriptor.Singleton<ISiloLiveness>(new Everybody()));
    }

    private static async Task<TaskSilos> StartAsync(
        TasksDatabase database, short silos, Func<IArtifactStore>? artifacts, (string Key, string Value)[] settings, Action<ISiloBuilder> configure)
    {
        var here = new TaskSilos(database);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Postgres:Tasks:ConnectionString"] = here.Database.ConnectionString,
            ["Artifacts:Folder"] = here._folder,
            ["AIRLINER_SERVER_KEY"] = new string('k', 32),
            // No test waits so long: one that is about the end of a lease says how soon that is.
            ["Tasks:Lease"] = "00:01:00",
        }).AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value)).Build();

        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureSilo((options, silo) =>
        {
            silo.AddTasksWithoutKafka(configuration);
            silo.Services.AddSingleton(here.Script.In(options.SiloName));
            silo.Services.AddSingleton<QueueTable>();
            silo.Services.Replace(ServiceDescriptor.Singleton<IQueueTable>(services =>
                new WatchedQueueTable(services.GetRequiredService<QueueTable>(), here.Readings.Add)));
            silo.Services.AddKeyedSingleton<IOutboxRelay>(TasksModule.Service, here.Relay);
            if (artifacts is not null)
                silo.Services.Replace(ServiceDescriptor.Singleton(artifacts()));
            silo.Configure<GrainCollectionOptions>(collection => collection.CollectionQuantum = TimeSpan.FromSeconds(10));
            silo.Configure<ClusterMembershipOptions>(membership =>
                (membership.ProbeTimeout, membership.NumMissedProbesLimit, membership.NumVotesForDeathDeclaration) = (TimeSpan.FromSeconds(2), 2, 1));
            configure(silo);
        });
        here._cluster = builder.Build();
        await here._cluster.DeployAsync();
        return here;
    }

    public long NextId() => Interlocked.Increment(ref _lastId);

    public ITaskGrain Task(long id) => Grains.GetGrain<ITaskGrain>(id);

    public async Task<TaskView> ViewAsync(long id) => Assert.IsType<TaskView>(await Task(id).Get());

    /// <summary>Creates a task as a gateway does, under an id that was never used.</summary>
    public async Task<long> CreateAsync(string priority = Priorities.Medium, DateTimeOffset? runAt = null, int? maxAttempts = null, int? timeoutSeconds = null)
    {
        var id = NextId();
        await Create(id, new CreateTask($"command-{id}", Owner, Type, priority, "{}", runAt, maxAttempts, timeoutSeconds));
        return id;
    }

    public Task<TaskView> Create(long id, CreateTask command) => Grains.GetGrain<ITaskCreationGrain>(0).Create(id, command);

    public Task<CancelResult> CancelAsync(long id) => Task(id).Cancel(new Caller(Owner, "airliner", [Roles.User]));

    /// <summary>Waits until the task has ended.</summary>
    public async Task<TaskView> EndAsync(long id)
    {
        await RaisedAsync(id, "task_completed", "task_failed", "task_cancelled");
        return await ViewAsync(id);
    }

    public Task<OutboxEvent> RaisedAsync(long id, params string[] types) =>
        Relay.WaitForAsync(raised => raised.Subject == $"tasks/{id}" && types.Contains(raised.Type), Token);

    /// <summary>Calls as a gateway does, again while the cluster has not settled.</summary>
    public static async Task<T> UntilAnsweredAsync<T>(Func<Task<T>> call)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var tries = 0; ; tries++)
        {
            try
            {
                return await call();
            }
            catch (Exception error) when (tries < 300 && error is OrleansException or TimeoutException)
            {
                await timer.WaitForNextTickAsync(Token);
            }
        }
    }

    /// <summary>The events of a task so far.</summary>
    public IReadOnlyList<OutboxEvent> EventsOf(long id) => [.. Relay.Taken.Where(raised => raised.Subject == $"tasks/{id}")];

    /// <summary>Ends the task's activation, as a silo does that has none of it left in use.</summary>
    public Task RecycleAsync(long id) => RecycleAsync(Task(id));

    public Task RecycleAsync(IAddressable grain) => _cluster.DeactivateAsync(grain);

    public Task MoveAsync(long id, SiloAddress silo) => _cluster.MigrateAsync(Task(id), silo);

    public IReadOnlyList<string> Names => [.. _cluster.Silos.Select(silo => silo.Name)];

    /// <summary>The silo that has the queue; null while none has.</summary>
    public async Task<InProcessSiloHandle?> QueueSiloAsync()
    {
        var address = await Grains.GetGrain<IManagementGrain>(0).GetActivationAddress(Grains.GetGrain<ITaskQueueGrain>(Type));
        return _cluster.Silos.FirstOrDefault(silo => silo.SiloAddress.Equals(address));
    }

    public Task StopAsync(string silo) => _cluster.StopSiloAsync(Silo(silo));

    public Task KillAsync(string silo) => _cluster.KillSiloAsync(Silo(silo));

    public Task StartAnotherAsync() => _cluster.StartAdditionalSiloAsync();

    /// <summary>Ends all silos, and starts another.</summary>
    public async Task RestartAsync()
    {
        foreach (var silo in _cluster.Silos.ToList())
            await _cluster.StopSiloAsync(silo);
        await _cluster.StartAdditionalSiloAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await Database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A task as it waits in the table.</summary>
    public static TaskState Pending(long id, DateTimeOffset dueAt, string priority = Priorities.Medium) => TaskState.Created(
        id, new CreateTask($"command-{id}", Owner, Type, priority, "{}"), new TaskTypeLimits(), dueAt.ToMicroseconds()) with
    { Raised = [] };

    private sealed class Everybody : ISiloLiveness
    {
        public string Self => "S127.0.0.1:11111:1";

        public bool IsAlive(string silo) => true;
    }

    private InProcessSiloHandle Silo(string name) => _cluster.Silos.Single(silo => silo.Name == name);
}
