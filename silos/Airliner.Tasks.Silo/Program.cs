using Airliner.Persistence.Postgres.AdoNet;
using Airliner.ServiceDefaults;
using Airliner.Tasks.Silo;

return await ServiceProcess.RunAsync(() => SiloDefaults.CreateSilo(args, "taskprocessing", (silo, configuration) => silo
    .UsePostgresClustering(PostgresSettings.ConnectionString(configuration, "Cluster"))
    .AddTasks(configuration)));
