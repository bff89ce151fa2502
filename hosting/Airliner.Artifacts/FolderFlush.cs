using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Airliner.Artifacts;

/// <summary>
/// Makes the names in a folder durable: on Unix a rename, a new file or a deletion survives a power cut only once its
/// folder is flushed (fsync(2)). .NET opens no folders, so libc does. Windows needs no such call.
/// </summary>
internal static partial class FolderFlush
{
    private const int ReadOnly = 0;

    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        using var handle = new SafeFileHandle(Open(folder, ReadOnly), ownsHandle: true);
        if (handle.IsInvalid || Sync(handle) != 0)
            throw new IOException($"Flushing the folder '{folder}' failed: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sync(SafeFileHandle folder);
}
