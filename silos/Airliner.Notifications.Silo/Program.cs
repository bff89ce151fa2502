using Airliner.Notifications.Silo;
using Airliner.Persistence.Postgres.AdoNet;
using Airliner.ServiceDefaults;

return await ServiceProcess.RunAsync(() => SiloDefaults.CreateSilo(args, "notification", (silo, configuration) => silo
    .UsePostgresClustering(PostgresSettings.ConnectionString(configuration, "Cluster"))
    .AddNotifications(configuration)));
