using System.Collections.Concurrent;
using System.Diagnostics;

namespace Airliner.EndToEnd.Tests.Processes;

/// <summary>
/// Ends what the tests have started, whatever becomes of them: a shell that is told of every process id, and kills those that are left once its input
/// closes, which the system does when the tests are killed.
/// </summary>
public sealed class Reaper : IAsyncLifetime
{
    private const string Script = """
        while read -r what id; do
          if [ "$what" = + ]; then ids="$ids $id"
          else ids=$(for one in $ids; do [ "$one" = "$id" ] || printf ' %s' "$one"; done)
          fi
        done
        [ -z "$ids" ] || kill -KILL $ids 2>/dev/null
        """;

    private static readonly ConcurrentDictionary<int, byte> _living = new();
    private static Process? _shell;

    /// <summary>Takes charge of a process.</summary>
    public static void Watch(int processId)
    {
        _living.TryAdd(processId, 0);
        Tell("+", processId);
    }

    /// <summary>A process has ended; its id may be another's from now on.</summary>
    public static void Forget(int processId)
    {
        if (_living.TryRemove(processId, out _))
            Tell("-", processId);
    }

    public ValueTask InitializeAsync()
    {
        _shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Script]) { RedirectStandardInput = true });
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _shell!.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }

    private static void Tell(string what, int processId)
    {
        lock (_living)
        {
            _shell!.StandardInput.WriteLine($"{what} {processId}");
            _shell.StandardInput.Flush();
        }
    }
}
