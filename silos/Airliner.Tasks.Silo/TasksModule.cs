using Airliner.Artifacts;
using Airliner.Contracts.Cluster;
using Airliner.Contracts.PersonalData;
using Airliner.Kafka;
using Airliner.Kafka.Erasure;
using Airliner.Persistence.Postgres.Records;
using Airliner.Persistence.Postgres.Schema;
using Airliner.Persistence.Postgres.StoredAnswers;
using Airliner.ServiceDefaults;
using Airliner.ServiceDefaults.Outbound;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Grains.Handlers.Rows;
using Airliner.Tasks.Grains.Lifecycle;
using Airliner.Tasks.Grains.Queues;
using Airliner.Tasks.Silo.Batches;
using Airliner.Tasks.Silo.Events;
using Airliner.Tasks.Silo.Execution;
using Airliner.Tasks.Silo.Files;
using Airliner.Tasks.Silo.History;
using Airliner.Tasks.Silo.Lifecycle;
using Airliner.Tasks.Silo.Schedules;
using Airliner.Tasks.Silo.Storage;
using Airliner.Tasks.Silo.Webhooks;
using Airliner.Tasks.Silo.Workers;
using Orleans.Configuration;

namespace Airliner.Tasks.Silo;

/// <summary>Task Processing as a module of a silo.</summary>
public static class TasksModule
{
    public const string Service = TasksStorage.Service;

    /// <summary>The steps of its schema.</summary>
    public static MigrationSource Steps { get; } = new(Service, typeof(TasksModule).Assembly, "Airliner.Tasks.Silo.Storage.");

    /// <summary>Adds the service's grains, database, relay, consumer, handlers and queues.</summary>
    public static ISiloBuilder AddTasks(this ISiloBuilder silo, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(silo);
        ArgumentNullException.ThrowIfNull(configuration);
        return silo.AddTasksWithoutKafka(configuration).AddOutboxRelay(Service).AddEventConsumer<TaskServiceEventsHandler>();
    }

    /// <summary>All of it but what publishes and consumes events.</summary>
    internal static ISiloBuilder AddTasksWithoutKafka(this ISiloBuilder silo, IConfiguration configuration)
    {
        TaskSettings.Check(configuration.GetSection("Tasks"));
        var database = PostgresSettings.ConnectionString(configuration, "Tasks");
        silo.AddServiceDatabase(
                Service,
                database,
                Steps)
            .AddRecords(Service, TaskTables.Tasks)
            .AddRecords(Service, TaskTables.Files)
            .AddStoredAnswers(Service, database, ServerKey.Load(configuration).Derive);
        // At thousands of creates a second, activations that outlive their use are what fills the memory.
        silo.Configure<GrainCollectionOptions>(options => options.ClassSpecificCollectionAge[typeof(TaskGrain).FullName!] = TimeSpan.FromSeconds(30));
        silo.Services
            .AddArtifacts(configuration)
            .AddSingleton(new TaskLimits(configuration.GetSection("Tasks")).Checked())
            .AddSingleton(new FileLimits(configuration.GetSection("Files")))
            .AddKeyedSingleton<IPersonalDataSource, TaskData>(Service)
            .AddKeyedSingleton<IPersonalDataSource, TaskHistoryData>(Service)
            .AddKeyedSingleton<IPersonalDataSource, FileData>(Service)
            .AddUserErasure(Service)
            .AddSingleton<TaskServiceEventsHandler>()
            .AddSingleton<ITaskIndex, TaskIndex>()
            .AddSingleton<IQueueTable, QueueTable>()
            .AddSingleton<QueueGauges>()
            .AddSingleton<ITaskTable, TaskTable>()
            .AddSingleton<IFileTable, FileTable>()
            .AddTaskHistory()
            .AddSingleton<ISiloLiveness, SiloLiveness>()
            .AddSingleton<HandlerThreads>()
            .AddSingleton(HeldMemory.OfProcess())
            .AddSingleton<TaskRunner>()
            .AddSingleton<ITaskRunner>(services => services.GetRequiredService<TaskRunner>())
            .AddSingleton<ISiloReportSource>(services => services.GetRequiredService<TaskRunner>())
            .AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(services => services.GetRequiredService<TaskRunner>())
            .AddTaskHandlers(configuration)
            .AddHostedService<OrphanSweep>()
            .AddOutbound(configuration)
            .AddWorkers()
            .AddSingleton<IFailedTasks, FailedTasks>()
            .AddHostedService<ExpiredTaskSweep>()
            .AddHostedService<RetentionSweep>()
            .AddHostedService<QueueWaker>();
        return silo.AddTaskBatches(configuration).AddSchedules(configuration).AddWebhooks(configuration);
    }
}
