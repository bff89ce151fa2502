using System.Diagnostics;
using System.Text;

namespace Airliner.EndToEnd.Tests.Processes;

/// <summary>A program of the system that a test runs. Its output is kept; it ends with the test, in every case.</summary>
internal sealed class SystemProcess : IAsyncDisposable
{
    /// <summary>What docker-compose.yml gives a process before it kills.</summary>
    public static readonly TimeSpan StopTime = TimeSpan.FromSeconds(30);

    /// <summary>The exit code of a program that failed fast, as a silo does that the others have declared dead.</summary>
    public const int FailedFast = 128 + 6;

    private const int LongestLog = 12_000;

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly List<(string Start, TaskCompletionSource<string> Seen)> _awaited = [];
    private int _openStreams = 2;

    private SystemProcess(string name, Process process)
    {
        Name = name;
        _process = process;
    }

    public string Name { get; }

    public int Id { get; private init; }

    public bool HasExited => _process.HasExited;

    /// <summary>Ends with its last line, and has its exit code.</summary>
    public Task<int> Ended { get; private set; } = null!;

    /// <summary>All that it wrote until now, to both streams.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>The end of what it wrote, under a line that names it.</summary>
    public string Log
    {
        get
        {
            var output = Output;
            var end = output.Length > LongestLog ? $"...{output[^LongestLog..]}" : output;
            return $"--- {Name} (process {Id}, {(HasExited ? $"ended with {_process.ExitCode}" : "running")})\n{end}";
        }
    }

    /// <summary>Starts a project's program, or the one at a path, with nothing of the caller's settings but what every program has.</summary>
    public static SystemProcess Start(string project, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> settings, string? name = null)
    {
        var start = new ProcessStartInfo("dotnet", [Path.IsPathRooted(project) ? project : Programs.PathOf(project), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var variable in start.Environment.Keys.Where(variable => variable.StartsWith("AIRLINER_", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(variable);
        start.Environment["DOTNET_NOLOGO"] = "1";
        // Eight programs on one small machine start in half the time.
        start.Environment["DOTNET_TieredPGO"] = "0";
        foreach (var (variable, value) in settings)
            start.Environment[variable] = value;

        var process = Process.Start(start)!;
        Reaper.Watch(process.Id);
        process.StandardInput.Close();
        var started = new SystemProcess(name ?? project, process) { Id = process.Id };
        process.OutputDataReceived += (_, line) => started.Take(line.Data);
        process.ErrorDataReceived += (_, line) => started.Take(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        started.Ended = started.EndAsync();
        return started;
    }

    /// <summary>The first line that begins so, written before or after the call.</summary>
    /// <exception cref="TimeoutException">It was not written in time, or the program ended without it.</exception>
    public async Task<string> LineAsync(string start, TimeSpan atMost)
    {
        var seen = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_output)
        {
            if (_output.ToString().Split('\n').FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal)) is { } before)
                return before;
            if (_openStreams == 0)
                throw new TimeoutException($"{Name} ended without the line '{start}'.");
            _awaited.Add((start, seen));
        }

        return await Bounded(seen.Task, atMost, $"the line '{start}'");
    }

    /// <summary>Sends a signal and waits for the end. What does not end in time is killed, so that one test fails for it and not all that come after.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync(int signal = Signals.Terminate)
    {
        if (!_process.HasExited)
            Signals.Send(Id, signal);
        try
        {
            return await ExitAsync(StopTime);
        }
        catch (TimeoutException)
        {
            _process.Kill();
            throw;
        }
    }

    /// <summary>Sends a signal, and does not wait.</summary>
    public void Signal(int signal) => Signals.Send(Id, signal);

    /// <summary>Ends it as the kernel does a process that is out of memory, and waits for its end.</summary>
    public Task KillAsync() => StopAsync(Signals.Kill);

    /// <summary>Waits for the end and for the last line.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExitAsync(TimeSpan atMost)
    {
        var code = await Bounded(Ended, atMost, "its end");
        Reaper.Forget(Id);
        return code;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    private void Take(string? line)
    {
        lock (_output)
        {
            if (line is null)
            {
                if (--_openStreams == 0)
                    _awaited.ForEach(awaited => awaited.Seen.TrySetException(new TimeoutException($"{Name} ended without the line '{awaited.Start}'.")));
                return;
            }

            _output.Append(line).Append('\n');
            foreach (var awaited in _awaited.Where(awaited => line.StartsWith(awaited.Start, StringComparison.Ordinal)))
                awaited.Seen.TrySetResult(line);
        }
    }

    private async Task<T> Bounded<T>(Task<T> task, TimeSpan atMost, string what)
    {
        try
        {
            return await task.WaitAsync(atMost);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{Name} (process {Id}): {what} did not come in {atMost.TotalSeconds:0} s. {late.Message}", late);
        }
    }
}
