using Airliner.Contracts;
using Airliner.Notifications.Silo;
using Airliner.Persistence.Postgres.AdoNet;
using Airliner.ServiceDefaults;

return await ServiceProcess.RunAsync(() => SiloDefaults.CreateSilo(args, ServiceNames.Notifications, (silo, configuration) => silo
    .UsePostgresClustering(PostgresSettings.ConnectionString(configuration, "Cluster"))
    .AddNotifications(configuration)));
