using Airliner.Contracts.PersonalData;
using Airliner.Persistence.Postgres.Records;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Grains.Schedules;

namespace Airliner.Tasks.Silo.Schedules;

/// <summary>Cron schedules, as a part of the module.</summary>
internal static class SchedulesModule
{
    public static ISiloBuilder AddSchedules(this ISiloBuilder silo, IConfiguration configuration)
    {
        silo.AddRecords(TasksStorage.Service, ScheduleTable.Map);
        silo.Services.Configure<ScheduleOptions>(configuration.GetSection("Tasks:Schedules"));
        silo.Services
            .AddSingleton<IScheduleTable, ScheduleTable>()
            .AddKeyedSingleton<IPersonalDataSource, ScheduleData>(TasksStorage.Service)
            .AddHostedService<ScheduleSweep>();
        return silo;
    }
}
