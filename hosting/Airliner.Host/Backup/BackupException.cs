namespace Airliner.Host.Backup;

/// <summary>A backup cannot be made, or cannot be restored; the message says why and what to do.</summary>
internal sealed class BackupException(string message, Exception? inner = null) : Exception(message, inner);
