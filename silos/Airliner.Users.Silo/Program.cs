using Airliner.Persistence.Postgres.AdoNet;
using Airliner.ServiceDefaults;
using Airliner.Users.Silo;

SiloDefaults.CreateSilo(args, "usermanagement", (silo, configuration) => silo
    .UsePostgresClustering(PostgresSettings.ConnectionString(configuration, "Cluster"))
    .AddUsers(configuration)).Run();
