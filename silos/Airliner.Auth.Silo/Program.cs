using Airliner.Auth.Silo;
using Airliner.Contracts;
using Airliner.Persistence.Postgres.AdoNet;
using Airliner.ServiceDefaults;

// `audit verify` checks the audit log and ends.
if (args is ["audit", "verify", .. var rest])
    return await AuthModule.VerifyAuditAsync(ServiceProcess.CreateBuilder([]).Configuration, rest is ["--heads", var folder] ? folder : null);

return await ServiceProcess.RunAsync(() => SiloDefaults.CreateSilo(args, ServiceNames.Auth, (silo, configuration) => silo
    .UsePostgresClustering(PostgresSettings.ConnectionString(configuration, "Cluster"))
    .AddAuth(configuration)));
