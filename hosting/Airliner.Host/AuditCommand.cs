using Airliner.Auth.Silo;
using Airliner.Embedded;
using Airliner.Host.Embedded;
using Airliner.Users.Silo;
using Npgsql;

namespace Airliner.Host;

/// <summary><c>airliner audit verify</c>: checks that the audit logs are whole.</summary>
internal static class AuditCommand
{
    public static IReadOnlyCollection<string> Options { get; } = ["--data", "--postgres", "--heads"];

    /// <returns>0 when both are.</returns>
    public static async Task<int> RunAsync(Arguments arguments)
    {
        if (arguments.Operands is not ["verify"])
            throw new UsageException("audit takes one word: verify.");
        var settings = EmbeddedSettings.From(arguments);
        var configuration = new ConfigurationManager();
        configuration.AddEnvironmentVariables();
        configuration["Data:Folder"] = settings.DataFolder;
        configuration["Postgres:Users:ConnectionString"] ??= ConnectionString(settings, EmbeddedSystem.UsersDatabase);
        configuration["Postgres:Auth:ConnectionString"] ??= ConnectionString(settings, EmbeddedSystem.AuthDatabase);
        var users = await UsersModule.VerifyAuditAsync(configuration, arguments["--heads"]);
        var auth = await AuthModule.VerifyAuditAsync(configuration, arguments["--heads"]);
        return users | auth;
    }

    private static string ConnectionString(EmbeddedSettings settings, string database) => settings.Postgres is { } server
        ? new NpgsqlConnectionStringBuilder(server) { Database = database }.ConnectionString
        : EmbeddedPostgres.ConnectionStringOfRunning(settings.PostgresFolder, database)
            ?? throw new StartException($"No PostgreSQL runs on {settings.DataFolder}. Start the system ('./airliner up'), or name its folder (--data) or server (--postgres).");
}
