using Airliner.Contracts.PersonalData;
using Airliner.Kafka;
using Airliner.Persistence.Postgres.AdoNet;
using Airliner.Persistence.Postgres.Audit;
using Airliner.Persistence.Postgres.Records;
using Airliner.Persistence.Postgres.Schema;
using Airliner.Persistence.Postgres.StoredAnswers;
using Airliner.ServiceDefaults;
using Airliner.Users.Grains;
using Airliner.Users.Grains.Codes;
using Airliner.Users.Grains.Passwords;
using Airliner.Users.Silo.Passwords;
using Airliner.Users.Silo.Storage;

namespace Airliner.Users.Silo;

/// <summary>User Management as a module of a silo.</summary>
public static class UsersModule
{
    public const string Service = UsersStorage.Service;

    /// <summary>The steps of its schema.</summary>
    public static MigrationSource Steps { get; } = new(Service, typeof(UsersModule).Assembly, "Airliner.Users.Silo.Storage.");

    /// <summary>Adds the service's grains, database, relay, audit log and first administrator.</summary>
    /// <exception cref="InvalidOperationException">A setting cannot be used; the message names it.</exception>
    public static ISiloBuilder AddUsers(this ISiloBuilder silo, IConfiguration configuration)
    {
        var database = PostgresSettings.ConnectionString(configuration, "Users");
        var serverKey = ServerKey.Load(configuration);
        silo.AddServiceDatabase(
                Service,
                database,
                Steps)
            .AddGrainStateStorage(UsersStorage.State, database)
            .AddAuditLog(Service, database, AuditSecrets.Of(Service, serverKey.Derive), (configuration.GetSection("Audit").Get<AuditOptions>() ?? new()).Checked())
            .AddRecords(Service, UserTable.Map)
            .AddStoredAnswers(Service, database, serverKey.Derive)
            .AddOutboxRelay(Service)
            .AddStartupTask<FirstAdministrator>();
        silo.Services.AddSingleton<IUserIndex, UserIndex>();
        silo.Services.AddKeyedSingleton<IPersonalDataSource, ProfileData>(Service);
        silo.Services.AddHostedService<FormerEmailSweep>();
        silo.Services.AddLimit<RegistrationLimitSettings>(configuration, "Registration");
        silo.Services.AddLimit<ForgottenPasswordLimitSettings>(configuration, "ForgottenPassword");
        silo.Services.AddLimit<CodeTryLimitSettings>(configuration, "CodeTries");
        silo.Services.AddSingleton<PasswordScreening>();
        silo.Services.AddBreachCheck(configuration);
        silo.Services.AddSingleton(new OneTimeCodes(serverKey.Derive("one-time codes")));
        silo.Services.AddSingleton(_ => new PasswordPool(configuration.GetSection("Passwords").Get<PasswordPoolOptions>() ?? new()));
        return silo;
    }

    /// <summary>Checks that the service's audit log is whole, and prints what was found.</summary>
    /// <param name="headsFolder">Where it is noted how far the log reached, to compare it with that later; null for nowhere.</param>
    /// <returns>0 where it is whole.</returns>
    public static Task<int> VerifyAuditAsync(IConfiguration configuration, string? headsFolder) => AuditReport.RunAsync(
        Service,
        () => (PostgresSettings.ConnectionString(configuration, "Users"), AuditSecrets.Of(Service, ServerKey.Existing(configuration).Derive)),
        headsFolder);
}
