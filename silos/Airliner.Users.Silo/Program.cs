using Airliner.Contracts;
using Airliner.Persistence.Postgres.AdoNet;
using Airliner.ServiceDefaults;
using Airliner.Users.Silo;

// `audit verify` checks the audit log and ends.
if (args is ["audit", "verify", .. var rest])
    return await UsersModule.VerifyAuditAsync(ServiceProcess.CreateBuilder([]).Configuration, rest is ["--heads", var folder] ? folder : null);

return await ServiceProcess.RunAsync(() => SiloDefaults.CreateSilo(args, ServiceNames.Users, (silo, configuration) => silo
    .UsePostgresClustering(PostgresSettings.ConnectionString(configuration, "Cluster"))
    .AddUsers(configuration)));
