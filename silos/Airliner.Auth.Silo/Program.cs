using Airliner.Auth.Silo;
using Airliner.Persistence.Postgres.AdoNet;
using Airliner.ServiceDefaults;

return await ServiceProcess.RunAsync(() => SiloDefaults.CreateSilo(args, "auth", (silo, configuration) => silo
    .UsePostgresClustering(PostgresSettings.ConnectionString(configuration, "Cluster"))
    .AddAuth(configuration)));
