using System.Runtime.InteropServices;

namespace Airliner.EndToEnd.Tests.Processes;

/// <summary>Sends a process a signal, as a terminal or an orchestrator does.</summary>
internal static partial class Signals
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;

    /// <summary>SIGSTOP of Linux: the process is there and does nothing.</summary>
    public const int Freeze = 19;

    public static void Send(int processId, int signal)
    {
        if (SendCore(processId, signal) != 0)
            throw new InvalidOperationException($"Process {processId} took no signal {signal}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendCore(int processId, int signal);
}
