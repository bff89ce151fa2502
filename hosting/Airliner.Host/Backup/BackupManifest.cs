using System.Text.Json;
using Airliner.Contracts;

namespace Airliner.Host.Backup;

/// <summary>What a backup is and has. It is written last: a backup without it is none.</summary>
/// <param name="Format">How the backup is laid out: <see cref="CurrentFormat"/>.</param>
/// <param name="Version">The version of the program that made it, for people.</param>
/// <param name="TakenAt">The moment that it shows, by the clock of the machine that made it.</param>
/// <param name="Databases">The databases, in the order of their moments.</param>
/// <param name="Parts">Every other file of the backup.</param>
internal sealed record BackupManifest(
    int Format, string Version, DateTimeOffset TakenAt, IReadOnlyList<BackupManifest.Database> Databases, IReadOnlyList<BackupManifest.Part> Parts)
{
    public const int CurrentFormat = 1;

    public const string FileName = "manifest.json";

    private static readonly JsonSerializerOptions _json = new(AirlinerJson.Options) { WriteIndented = true };

    /// <summary>A database, as it was.</summary>
    /// <param name="Name">Its documented name.</param>
    /// <param name="Server">The version of PostgreSQL that had it.</param>
    /// <param name="Steps">The steps of its schema, as <c>source/script</c>, with the hashes of their contents.</param>
    internal sealed record Database(string Name, string Server, IReadOnlyDictionary<string, string> Steps);

    /// <summary>A file of the backup.</summary>
    /// <param name="Size">In bytes.</param>
    /// <param name="Sha256">In hex.</param>
    internal sealed record Part(string Name, long Size, string Sha256);

    public Task WriteAsync(string folder, CancellationToken cancellationToken) =>
        File.WriteAllTextAsync(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, _json) + "\n", cancellationToken);

    /// <exception cref="BackupException">The folder has none, or it cannot be read.</exception>
    public static async Task<BackupManifest> ReadAsync(string folder, CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder, FileName);
        if (!File.Exists(file))
            throw new BackupException($"{folder} is no backup: it has no {FileName}, which is written last. Name the folder that './airliner backup' has made.");
        try
        {
            var text = await File.ReadAllTextAsync(file, cancellationToken);
            return JsonSerializer.Deserialize<BackupManifest>(text, _json) is { Databases: not null, Parts: not null } manifest
                ? manifest
                : throw new JsonException("it has no databases or no parts");
        }
        catch (JsonException error)
        {
            throw new BackupException($"{file} cannot be read: {error.Message}", error);
        }
    }
}
