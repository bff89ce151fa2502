using Microsoft.Extensions.Configuration;
using Npgsql;

namespace Airliner.ServiceDefaults;

/// <summary>Where a database is: <c>Postgres:{name}:ConnectionString</c>, and its password in a file where <c>Postgres:{name}:PasswordFile</c> names one.</summary>
public static class PostgresSettings
{
    /// <exception cref="InvalidOperationException">The setting or the file is missing; the message names it.</exception>
    public static string ConnectionString(IConfiguration configuration, string name)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var section = configuration.GetSection($"Postgres:{name}");
        var connection = section["ConnectionString"]
            ?? throw new InvalidOperationException($"Postgres:{name}:ConnectionString is not set (environment: Postgres__{name}__ConnectionString).");
        // By the builder, which quotes: a password may have any character.
        return section["PasswordFile"] is { Length: > 0 } file
            ? new NpgsqlConnectionStringBuilder(connection) { Password = SecretFile.Read(file) }.ConnectionString
            : connection;
    }
}
