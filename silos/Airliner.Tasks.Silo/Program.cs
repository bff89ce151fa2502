using Airliner.Persistence.Postgres.AdoNet;
using Airliner.ServiceDefaults;
using Airliner.Tasks.Silo;

SiloDefaults.CreateSilo(args, "taskprocessing", (silo, configuration) => silo
    .UsePostgresClustering(PostgresSettings.ConnectionString(configuration, "Cluster"))
    .AddTasks(configuration)).Run();
