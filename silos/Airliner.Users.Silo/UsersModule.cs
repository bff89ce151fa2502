using Airliner.Kafka;
using Airliner.Persistence.Postgres.Records;
using Airliner.Persistence.Postgres.Schema;
using Airliner.ServiceDefaults;
using Airliner.Users.Grains;
using Airliner.Users.Grains.Passwords;
using Airliner.Users.Silo.Storage;

namespace Airliner.Users.Silo;

/// <summary>User Management as a module of a silo.</summary>
public static class UsersModule
{
    public const string Service = UsersStorage.Service;

    /// <summary>Adds the service's grains, database, relay and first administrator.</summary>
    public static ISiloBuilder AddUsers(this ISiloBuilder silo, IConfiguration configuration)
    {
        silo.AddServiceDatabase(
                Service,
                PostgresSettings.ConnectionString(configuration, "Users"),
                new MigrationSource(Service, typeof(UsersModule).Assembly, "Airliner.Users.Silo.Storage."))
            .AddRecords(Service, UserTable.Map)
            .AddOutboxRelay(Service)
            .AddStartupTask<FirstAdministrator>();
        silo.Services.AddSingleton<IUserIndex, UserIndex>();
        silo.Services.AddSingleton(_ => new PasswordPool(configuration.GetSection("Passwords").Get<PasswordPoolOptions>() ?? new()));
        return silo;
    }
}
