using System.Diagnostics;
using Xunit;

namespace Airliner.Tasks.Tests.Workers;

/// <summary>Node's gRPC packages, installed by npm into a folder beside the build's output; once for all runs.</summary>
internal sealed class NodePackages
{
    private static readonly string[] _packages = ["@grpc/grpc-js@1.14.7", "@grpc/proto-loader@0.8.1"];

    private NodePackages(string folder, string protos) => (Modules, Protos) = (Path.Combine(folder, "node_modules"), protos);

    public string Modules { get; }

    /// <summary>The folder with <c>task_worker.proto</c>.</summary>
    public string Protos { get; }

    /// <summary>Finds or installs them. The test is skipped where Node.js or npm is missing, or npm cannot reach its registry.</summary>
    public static async Task<NodePackages> InstallAsync()
    {
        var root = Root();
        var folder = Directory.CreateDirectory(Path.Combine(root, "artifacts", "node", "worker")).FullName;
        if (await RunAsync("node", ["--version"], folder) is { Failed: true } node)
            Assert.Skip($"Node.js cannot be run: {node.Text}");
        if (!File.Exists(Path.Combine(folder, "installed")))
        {
            var install = await RunAsync("npm", ["install", "--no-audit", "--no-fund", "--no-save", "--prefix", folder, .. _packages], folder);
            if (install.Failed)
                Assert.Skip($"npm cannot install {string.Join(", ", _packages)}: {install.Text}");
            await File.WriteAllTextAsync(Path.Combine(folder, "installed"), string.Join('\n', _packages));
        }

        return new(folder, Path.Combine(root, "contracts", "protos"));
    }

    private static async Task<(bool Failed, string Text)> RunAsync(string program, string[] arguments, string folder)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
            var text = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            return (process.ExitCode != 0, string.Join('\n', text).Trim());
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return (true, error.Message);
        }
    }

    private static string Root()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Airliner.sln")))
                return folder;
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} has Airliner.sln.");
    }
}
