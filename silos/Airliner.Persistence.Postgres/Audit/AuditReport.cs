using System.Text.Json;
using Airliner.Contracts;
using Airliner.Persistence.Postgres.Records;
using Npgsql;

namespace Airliner.Persistence.Postgres.Audit;

/// <summary>Verifies an audit log for somebody at a terminal.</summary>
public static class AuditReport
{
    /// <summary>Prints whether the log is whole, or the first row that is not as it was written.</summary>
    /// <param name="settings">The database and the keys; what is missing of them is an <see cref="InvalidOperationException"/>.</param>
    /// <param name="headsFolder">Where it is noted how far the log reached; null for nowhere.</param>
    /// <returns>0 where it is whole; 1 where it is not, or cannot be read, or what is asked to be noted cannot be.</returns>
    public static async Task<int> RunAsync(string service, Func<(string ConnectionString, AuditSecrets Secrets)> settings, string? headsFolder)
    {
        ArgumentNullException.ThrowIfNull(settings);
        try
        {
            var (connectionString, secrets) = settings();
            var file = headsFolder is null ? null : Path.Combine(headsFolder, $"{service}-audit-heads.json");
            await using var database = RecordsModule.DataSource(connectionString);
            var verdict = await new AuditVerifier(secrets).VerifyAsync(database, await NotedAsync(file));
            Console.WriteLine(verdict.IsWhole ? $"{service}: {verdict.Rows} rows in {verdict.Chains} chains: whole" : $"{service}: {verdict.Flaw}");
            if (!verdict.IsWhole)
                return 1;
            return file is null || await TryNoteAsync(service, file, verdict.Heads) ? 0 : 1;
        }
        catch (Exception error) when (error is InvalidOperationException or NpgsqlException or IOException or UnauthorizedAccessException or JsonException)
        {
            await Console.Error.WriteLineAsync($"{service}: the audit log cannot be verified: {error.Message}");
            return 1;
        }
    }

    private static async Task<IReadOnlyList<AuditHead>> NotedAsync(string? file) =>
        File.Exists(file) ? JsonSerializer.Deserialize<IReadOnlyList<AuditHead>>(await File.ReadAllTextAsync(file), AirlinerJson.Options) ?? [] : [];

    private static async Task<bool> TryNoteAsync(string service, string file, IReadOnlyList<AuditHead> heads)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            // Whole or not at all: half a note would be taken for tampering.
            await File.WriteAllTextAsync(file + ".new", JsonSerializer.Serialize(heads, AirlinerJson.Options));
            File.Move(file + ".new", file, overwrite: true);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"{service}: how far the log reaches cannot be noted: {error.Message}");
            return false;
        }
    }
}
