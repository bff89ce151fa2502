using System.Runtime.InteropServices;

namespace Airliner.Users.Grains.Passwords;

/// <summary>Lets a thread run when others leave the processor to it.</summary>
internal static partial class LowPriority
{
    private const int Process = 0;
    private const uint CallingThread = 0;

    /// <summary>A tenth of what another thread gets where both want a core, and all of it where no other does.</summary>
    private const int Niceness = 10;

    /// <summary>Lowers the calling thread. The runtime does nothing with <see cref="Thread.Priority"/> on Linux, where a thread has a niceness of its own.</summary>
    public static void Enter()
    {
        Thread.CurrentThread.Priority = ThreadPriority.Lowest;
        // To lower oneself needs no permission; were it refused, hashing would only be less polite.
        if (OperatingSystem.IsLinux())
            _ = SetPriority(Process, CallingThread, Niceness);
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetPriority(int which, uint who, int niceness);
}
