using Airliner.Persistence.Postgres.AdoNet;
using Airliner.ServiceDefaults;
using Airliner.Users.Silo;

return await ServiceProcess.RunAsync(() => SiloDefaults.CreateSilo(args, "usermanagement", (silo, configuration) => silo
    .UsePostgresClustering(PostgresSettings.ConnectionString(configuration, "Cluster"))
    .AddUsers(configuration)));
