namespace Airliner.Host.Certificates;

/// <summary><c>airliner certificates</c>, which <c>./airliner secrets --tls</c> calls: makes an authority and what it signs.</summary>
internal static class CertificatesCommand
{
    public static IReadOnlyCollection<string> Options { get; } = ["--hosts"];

    public static int Run(Arguments arguments)
    {
        if (arguments.Operands is not [var folder])
            throw new UsageException("certificates takes the folder that they go to.");
        var hosts = (arguments["--hosts"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var line in new DeploymentCertificates(Path.GetFullPath(folder), TimeProvider.System).Make(hosts))
            Console.WriteLine(line);
        return 0;
    }
}
