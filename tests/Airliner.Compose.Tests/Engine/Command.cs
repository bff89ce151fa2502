using System.ComponentModel;
using System.Diagnostics;
using Airliner.Testing;

namespace Airliner.Compose.Tests.Engine;

/// <summary>A program that is run to its end in the checkout.</summary>
internal static class Command
{
    /// <summary>Runs it, and returns what it wrote to its output.</summary>
    /// <exception cref="CommandException">It could not be started, or failed; the message has what it wrote.</exception>
    public static async Task<string> RunAsync(IEnumerable<KeyValuePair<string, string>> settings, string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        try
        {
            using var process = Process.Start(start)!;
            var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            return process.ExitCode == 0
                ? said[0]
                : throw new CommandException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{string.Join('\n', said)}", said[0]);
        }
        catch (Win32Exception error)
        {
            throw new CommandException($"{program} cannot be run: {error.Message}");
        }
    }
}

/// <summary>A program that was run failed.</summary>
internal sealed class CommandException(string message, string output = "") : Exception(message)
{
    /// <summary>What it wrote to its output all the same.</summary>
    public string Output { get; } = output;
}
