using Airliner.Contracts;
using Airliner.Persistence.Postgres.AdoNet;
using Airliner.ServiceDefaults;
using Airliner.Tasks.Silo;

return await ServiceProcess.RunAsync(() => SiloDefaults.CreateSilo(args, ServiceNames.Tasks, (silo, configuration) => silo
    .UsePostgresClustering(PostgresSettings.ConnectionString(configuration, "Cluster"))
    .AddTasks(configuration)));
