using Airliner.Contracts.Records;
using Orleans.Runtime.Messaging;
using Orleans.Storage;

namespace Airliner.ServiceDefaults.Cluster;

/// <summary>What an exception of a grain call means to whoever made it.</summary>
internal enum ClusterError
{
    /// <summary>A bug, or an exception without an Orleans codec: the log must have it.</summary>
    Unexpected,

    /// <summary>The silo refused the call or is gone; another may take it.</summary>
    SiloGone,

    /// <summary>The record changed under the grain, which reads it again: worth a retry at once.</summary>
    Inconsistent,

    /// <summary>The database is away or overloaded; nothing was written.</summary>
    StorageAway,

    /// <summary>No answer in time; whether the call ran is not known.</summary>
    TimedOut,

    /// <summary>The database refused the content; the same again fails again.</summary>
    Rejected,
}

internal static class ClusterErrors
{
    public static ClusterError Kind(this Exception error) => error switch
    {
        StorageUnavailableException => ClusterError.StorageAway,
        RecordRejectedException => ClusterError.Rejected,
        InconsistentStateException => ClusterError.Inconsistent,
        OrleansMessageRejectionException or SiloUnavailableException or ConnectionFailedException => ClusterError.SiloGone,
        TimeoutException => ClusterError.TimedOut,
        // A silo gave the call up before its grain had it, as while a part of the directory changes hands. Whether the caller itself cancelled it is asked before.
        OperationCanceledException => ClusterError.SiloGone,
        // Orleans has no type of its own for a service without a silo.
        OrleansException when error.Message.Contains("No active nodes are compatible", StringComparison.Ordinal) => ClusterError.SiloGone,
        // Nor for one that has had no silo yet, as far as this client knows: its grains' types are unknown.
        ArgumentException when error.Message.StartsWith("Could not find an implementation for interface", StringComparison.Ordinal) => ClusterError.SiloGone,
        _ => ClusterError.Unexpected,
    };
}
