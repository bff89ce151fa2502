using Airliner.Auth.Grains;
using Airliner.Auth.Silo.Events;
using Airliner.Auth.Silo.Storage;
using Airliner.Contracts.PersonalData;
using Airliner.Kafka;
using Airliner.Kafka.Erasure;
using Airliner.Persistence.Postgres.AdoNet;
using Airliner.Persistence.Postgres.Audit;
using Airliner.Persistence.Postgres.Records;
using Airliner.Persistence.Postgres.Schema;
using Airliner.Persistence.Postgres.StoredAnswers;
using Airliner.ServiceDefaults;
using Airliner.ServiceDefaults.Security;

namespace Airliner.Auth.Silo;

/// <summary>Token Management as a module of a silo.</summary>
public static class AuthModule
{
    public const string Service = AuthStorage.Service;

    /// <summary>The steps of its schema.</summary>
    public static MigrationSource Steps { get; } = new(Service, typeof(AuthModule).Assembly, "Airliner.Auth.Silo.Storage.");

    /// <summary>Adds the service's grains, database, relay, consumer, audit log and first machine client.</summary>
    /// <exception cref="InvalidOperationException">A setting cannot be used; the message names it.</exception>
    public static ISiloBuilder AddAuth(this ISiloBuilder silo, IConfiguration configuration)
    {
        var database = PostgresSettings.ConnectionString(configuration, "Auth");
        var serverKey = ServerKey.Load(configuration);
        silo.AddServiceDatabase(
                Service,
                database,
                Steps)
            .AddGrainStateStorage(Service, database)
            .AddAuditLog(Service, database, AuditSecrets.Of(Service, serverKey.Derive), (configuration.GetSection("Audit").Get<AuditOptions>() ?? new()).Checked())
            .AddRecords(Service, AuthTables.Sessions)
            .AddRecords(Service, AuthTables.Clients)
            .AddRecords(Service, AuthTables.LoginGuards)
            .AddStoredAnswers(Service, database, serverKey.Derive)
            .AddOutboxRelay(Service)
            .AddEventConsumer<UserEventsHandler>()
            .AddStartupTask<FirstServiceClient>();
        silo.Services.AddSingleton<IClientIndex, ClientIndex>();
        silo.Services.AddKeyedSingleton<IPersonalDataSource, SessionData>(Service).AddUserErasure(Service);
        silo.Services.AddSingleton<IRevocationTable, RevocationTable>();
        silo.Services.AddSingleton((configuration.GetSection("SigningKeys").Get<SigningKeysOptions>() ?? new()).Checked());
        silo.Services.AddSingleton(new SigningKeyVault(serverKey.Derive("signing keys")));
        silo.Services.AddHostedService<LoginGuardSweep>();
        silo.Services.AddLimit<LoginLimitSettings>(configuration, "Login");
        silo.Services.AddSingleton((configuration.GetSection("Sessions").Get<SessionLimits>() ?? new()).Checked());
        silo.Services.AddHostedService<SessionSweep>();
        silo.Services.AddSingleton(provider => new AccessTokenIssuer(
            TokenIssuer.Of(configuration), provider.GetRequiredService<TimeProvider>()));
        return silo;
    }

    /// <summary>Checks that the service's audit log is whole, and prints what was found.</summary>
    /// <param name="headsFolder">Where it is noted how far the log reached, to compare it with that later; null for nowhere.</param>
    /// <returns>0 where it is whole.</returns>
    public static Task<int> VerifyAuditAsync(IConfiguration configuration, string? headsFolder) => AuditReport.RunAsync(
        Service,
        () => (PostgresSettings.ConnectionString(configuration, "Auth"), AuditSecrets.Of(Service, ServerKey.Existing(configuration).Derive)),
        headsFolder);
}
