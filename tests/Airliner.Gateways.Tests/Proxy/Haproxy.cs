using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Airliner.Testing;

namespace Airliner.Gateways.Tests.Proxy;

/// <summary>HAProxy as a program of this machine: the one on the path, else Debian's, unpacked into a folder beside the build's output and installed nowhere.</summary>
internal sealed partial class Haproxy
{
    private static readonly string _folder = Path.Combine(Repository.Root, "artifacts", "haproxy");

    private readonly ProcessStartInfo _start;

    private Haproxy(ProcessStartInfo start, Version version) => (_start, Version) = (start, version);

    public Version Version { get; }

    /// <summary>Finds or unpacks it.</summary>
    /// <exception cref="InvalidOperationException">There is none; the message says why.</exception>
    public static async Task<Haproxy> FindAsync()
    {
        if (await TryAsync(new ProcessStartInfo("haproxy")) is { } found)
            return found;
        if (await TryUnpackedAsync() is { } before)
            return before;
        await UnpackAsync();
        return await TryUnpackedAsync() ?? throw new InvalidOperationException($"What is unpacked in {_folder} does not run.");
    }

    public Process Start(string configuration)
    {
        var start = new ProcessStartInfo(_start.FileName, ["-db", "-f", configuration]) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (_start.Environment.TryGetValue("LD_LIBRARY_PATH", out var libraries))
            start.Environment["LD_LIBRARY_PATH"] = libraries;
        return Process.Start(start)!;
    }

    private static async Task<Haproxy?> TryUnpackedAsync()
    {
        var libraries = Path.Combine(_folder, "usr", "lib");
        if (!Directory.Exists(libraries))
            return null;
        var paths = string.Join(':', Directory.GetDirectories(libraries, "*-linux-gnu*"));
        return await TryAsync(new ProcessStartInfo(Path.Combine(_folder, "usr", "sbin", "haproxy")) { Environment = { ["LD_LIBRARY_PATH"] = paths } });
    }

    private static async Task<Haproxy?> TryAsync(ProcessStartInfo start)
    {
        start.ArgumentList.Add("-v");
        try
        {
            var version = VersionNumber().Match(await RunAsync(start));
            return version.Success ? new(start, Version.Parse(version.Groups[1].Value)) : null;
        }
        catch (Exception error) when (error is InvalidOperationException or Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Lists and packages are kept in the folder: nothing of the machine's own is changed, and nobody has to be root.</summary>
    private static async Task UnpackAsync()
    {
        var lists = Directory.CreateDirectory(Path.Combine(_folder, "lists", "partial")).Parent!.FullName;
        var cache = Path.Combine(_folder, "cache");
        var packages = Directory.CreateDirectory(Path.Combine(cache, "archives", "partial")).Parent!.FullName;
        string[] options = ["-qq", "-o", $"Dir::State::Lists={lists}", "-o", $"Dir::Cache={cache}", "-o", "Debug::NoLocking=1", "-o", $"APT::Sandbox::User={Environment.UserName}"];
        try
        {
            await RunAsync(new("apt-get", [.. options, "update"]));
            await RunAsync(new("apt-get", [.. options, "install", "--download-only", "--no-install-recommends", "--yes", "haproxy"]));
            foreach (var package in Directory.EnumerateFiles(packages, "*.deb"))
                await RunAsync(new("dpkg", ["--extract", package, _folder]));
        }
        catch (Win32Exception error)
        {
            throw new InvalidOperationException(error.Message, error);
        }
    }

    private static async Task<string> RunAsync(ProcessStartInfo start)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using var process = Process.Start(start)!;
        var said = string.Concat(await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync()));
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? said : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{start.FileName} ended with {process.ExitCode}: {said.Trim()}"));
    }

    [GeneratedRegex(@"version ([0-9]+\.[0-9]+)")]
    private static partial Regex VersionNumber();
}
