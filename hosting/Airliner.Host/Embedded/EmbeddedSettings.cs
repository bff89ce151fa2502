namespace Airliner.Host.Embedded;

/// <summary>What <c>airliner up</c> was asked for.</summary>
/// <param name="DataFolder">Where everything is kept.</param>
/// <param name="Kafka">The brokers to use instead of the embedded one, <c>host:port</c>.</param>
/// <param name="Smtp">The mail server to use instead of the pickup folder, <c>host:port</c>.</param>
/// <param name="Postgres">The server to use instead of an embedded one: a connection string whose role may create databases.</param>
internal sealed record EmbeddedSettings(string DataFolder, string? Kafka, string? Smtp, string? Postgres)
{
    /// <summary>Where to listen.</summary>
    public EmbeddedPorts Ports { get; init; } = EmbeddedPorts.Documented;

    /// <summary>Settings that go before all others, for silo and gateways alike.</summary>
    public IReadOnlyDictionary<string, string?> Overrides { get; init; } = new Dictionary<string, string?>();

    /// <summary>Where everything is kept where no other folder is named.</summary>
    public static string DefaultDataFolder => Environment.GetEnvironmentVariable("AIRLINER_DATA") ?? ".airliner";

    public string PostgresFolder => Path.Combine(DataFolder, "postgres");

    public string FilesFolder => Path.Combine(DataFolder, "files");

    public string MailFolder => Path.Combine(DataFolder, "mail");

    /// <exception cref="UsageException">An address is not <c>host:port</c>.</exception>
    public static EmbeddedSettings From(Arguments arguments) => new(
        Path.GetFullPath(arguments["--data"] ?? DefaultDataFolder),
        Address(arguments, "--kafka"),
        Address(arguments, "--smtp"),
        arguments["--postgres"])
    {
        Ports = EmbeddedPorts.From(arguments),
    };

    /// <summary>An option's <c>host:port</c>, null where it was not given.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static string? Address(Arguments arguments, string option) =>
        arguments[option] is not { } address || address.Split(':') is [{ Length: > 0 }, var port] && ushort.TryParse(port, out _)
            ? arguments[option]
            : throw new UsageException($"{option} takes host:port, for example 127.0.0.1:1025; '{address}' is not.");
}
