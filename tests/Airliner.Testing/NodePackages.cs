using System.ComponentModel;
using System.Diagnostics;
using Xunit;

namespace Airliner.Testing;

/// <summary>Packages of npm, installed into a folder beside the build's output; once for all runs.</summary>
public sealed class NodePackages
{
    private static readonly SemaphoreSlim _oneAtATime = new(1);

    private readonly string _folder;

    private NodePackages(string folder) => _folder = folder;

    /// <summary>Where Node.js finds them.</summary>
    public string Modules => Path.Combine(_folder, "node_modules");

    /// <summary>Finds or installs them. The test is skipped where Node.js or npm is missing, or npm cannot reach its registry.</summary>
    /// <param name="name">The folder, of one test project alone.</param>
    /// <param name="packages">Each with its version.</param>
    public static async Task<NodePackages> InstallAsync(string name, params string[] packages)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "node", name)).FullName;
        var installed = Path.Combine(folder, "installed");
        var wanted = string.Join('\n', packages);
        await _oneAtATime.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (await RunAsync("node", ["--version"], folder, "") is { Failed: true } node)
                Assert.Skip($"Node.js cannot be run: {node.Text}");
            if (!File.Exists(installed) || await File.ReadAllTextAsync(installed) != wanted)
            {
                var install = await RunAsync("npm", ["install", "--no-audit", "--no-fund", "--no-save", "--prefix", folder, .. packages], folder, "");
                if (install.Failed)
                    Assert.Skip($"npm cannot install {string.Join(", ", packages)}: {install.Text}");
                await File.WriteAllTextAsync(installed, wanted);
            }
        }
        finally
        {
            _oneAtATime.Release();
        }

        return new(folder);
    }

    /// <summary>Runs a script to its end, and returns what it wrote.</summary>
    /// <param name="script">A file beside the tests. What it requires is found among the packages.</param>
    /// <param name="input">What it reads.</param>
    /// <exception cref="InvalidOperationException">It failed; the message has what it wrote.</exception>
    public async Task<string> RunAsync(string script, string input)
    {
        var run = await RunAsync("node", [Path.Combine(AppContext.BaseDirectory, script)], _folder, input);
        return run.Failed ? throw new InvalidOperationException($"{script} failed: {run.Text}") : run.Text;
    }

    private static async Task<(bool Failed, string Text)> RunAsync(string program, string[] arguments, string folder, string input)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            Environment = { ["NODE_PATH"] = Path.Combine(folder, "node_modules") },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            var text = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            try
            {
                await process.StandardInput.WriteAsync(input);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It ended without reading. What it wrote says why.
            }

            await process.WaitForExitAsync();
            return (process.ExitCode != 0, string.Join('\n', await text).Trim());
        }
        catch (Win32Exception error)
        {
            return (true, error.Message);
        }
    }
}
