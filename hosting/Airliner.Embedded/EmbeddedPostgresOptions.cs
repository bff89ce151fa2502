namespace Airliner.Embedded;

/// <summary>Where a private PostgreSQL lives and how it runs.</summary>
public sealed class EmbeddedPostgresOptions
{
    /// <summary>
    /// The folder of this server: its password, its port and its cluster. Made if missing; it survives restarts, and one
    /// process at a time uses it.
    /// </summary>
    public required string DataFolder { get; init; }

    /// <summary>The TCP port on 127.0.0.1, or 0 for a free one that is kept in the data folder from then on.</summary>
    public int Port { get; init; }

    /// <summary>Lines of postgresql.conf that come on top of the defaults, by name; a value is quoted as needed.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}
