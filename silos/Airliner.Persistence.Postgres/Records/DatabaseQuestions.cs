using Airliner.Contracts.Records;
using Npgsql;

namespace Airliner.Persistence.Postgres.Records;

/// <summary>What grains ask the database beside their records.</summary>
public static class DatabaseQuestions
{
    /// <summary>Asks. A provider's exception has no Orleans codec, so that of a database that is away becomes ours.</summary>
    /// <param name="about">The table, or what else is asked for.</param>
    /// <exception cref="StorageUnavailableException">The database does not answer. Whether a statement that writes was carried out is not known.</exception>
    public static async Task<T> AskAsync<T>(string about, Func<Task<T>> ask)
    {
        ArgumentNullException.ThrowIfNull(ask);
        try
        {
            return await ask();
        }
        catch (Exception error) when (error is NpgsqlException or IOException or TimeoutException)
        {
            throw new StorageUnavailableException($"{about}: the database does not answer ({error.Message}).");
        }
    }
}
