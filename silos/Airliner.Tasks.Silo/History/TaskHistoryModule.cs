using Airliner.Persistence.Postgres.Outbox;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Grains.History;

namespace Airliner.Tasks.Silo.History;

/// <summary>Registers the history of tasks and those who watch it.</summary>
internal static class TaskHistoryModule
{
    public static IServiceCollection AddTaskHistory(this IServiceCollection services) => services
        .AddSingleton<TaskHistoryTable>()
        .AddSingleton<ITaskHistory>(provider => provider.GetRequiredService<TaskHistoryTable>())
        .AddSingleton<TaskWatch>()
        .AddSingleton<ITaskWatch>(provider => provider.GetRequiredService<TaskWatch>())
        .AddKeyedSingleton<ICommittedEvents>(TasksStorage.Tasks, (provider, _) => provider.GetRequiredService<TaskWatch>())
        .AddHostedService(provider => provider.GetRequiredService<TaskWatch>());
}
