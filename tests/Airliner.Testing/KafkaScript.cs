using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Airliner.Testing;

/// <summary>
/// The script that starts, kills and cleans a Kafka of the tests' own: <c>kafka</c>, which the environment variable AIRLINER_TEST_KAFKA names, or of a Kafka kept
/// beside the checkout.
/// </summary>
public sealed class KafkaScript
{
    public const string Variable = "AIRLINER_TEST_KAFKA";

    private readonly string _path;

    private KafkaScript(string path) => _path = path;

    /// <summary>Why tests that need one are skipped.</summary>
    public static string Missing => $"There is no Apache Kafka here: {Variable} names no script, and none is kept beside the checkout.";

    /// <summary>The script, null where there is none.</summary>
    public static KafkaScript? Find()
    {
        var named = Environment.GetEnvironmentVariable(Variable);
        var path = string.IsNullOrEmpty(named) ? Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "kafka", "kafka")) : named;
        return File.Exists(path) ? new KafkaScript(path) : null;
    }

    /// <summary>Runs a command of the script; a start is tried again, since one random cluster id in 64 begins as an option does, and Kafka refuses it.</summary>
    public async Task RunAsync(params IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        for (var tries = arguments[0] == "start" ? 4 : 1; ; tries--)
        {
            if (await TryAsync(arguments) is not { } failure)
                return;
            if (tries == 1)
                throw new InvalidOperationException($"{_path} {string.Join(' ', arguments)} failed: {failure}");
        }
    }

    /// <returns>What a command that failed said; null where it did not.</returns>
    private async Task<string?> TryAsync(IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(_path, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        using var process = Process.Start(start) ?? throw new Win32Exception($"{_path} did not start.");
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? null : string.Concat(said);
    }

    /// <summary>The broker's process while it runs on that data folder, to see that it ends.</summary>
    public Process? Broker(string data)
    {
        try
        {
            return Process.GetProcessById(int.Parse(File.ReadAllText(Path.Combine(data, "broker.pid")), CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or ArgumentException)
        {
            return null;
        }
    }
}
