using Airliner.Auth.Silo;
using Airliner.Host.Embedded;
using Airliner.Users.Silo;

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
        return await VerifyAsync(settings, arguments["--heads"], name => EmbeddedDatabases.ConnectionStringOfRunning(settings, name));
    }

    /// <summary>Checks both logs, under the key of the data folder or of the environment.</summary>
    /// <param name="headsFolder">Where it is noted how far they reached; null for nowhere.</param>
    /// <param name="connectionString">How to connect to a service's database, where the environment does not say it.</param>
    /// <returns>0 when they are whole.</returns>
    public static async Task<int> VerifyAsync(EmbeddedSettings settings, string? headsFolder, Func<string, string> connectionString)
    {
        var configuration = new ConfigurationManager();
        configuration.AddEnvironmentVariables();
        configuration["Data:Folder"] = settings.DataFolder;
        foreach (var name in new[] { "Users", "Auth" })
            configuration[$"Postgres:{name}:ConnectionString"] ??= connectionString(name);
        var users = await UsersModule.VerifyAuditAsync(configuration, headsFolder);
        var auth = await AuthModule.VerifyAuditAsync(configuration, headsFolder);
        return users | auth;
    }
}
