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
    /// <summary>When a caller may try again where the service cannot take a call now, in seconds.</summary>
    public const string RetryAfter = "2";

    /// <summary>What REST and gRPC clients are told.</summary>
    public static string Text(this ClusterError error) => error switch
    {
        ClusterError.StorageAway or ClusterError.SiloGone or ClusterError.Inconsistent => "The service cannot take this now; nothing was lost. Try again shortly.",
        ClusterError.TimedOut => "The service did not answer in time; whether it acted is not known.",
        ClusterError.Rejected => "A value cannot be stored, for example a text with a NUL character.",
        _ => "An unexpected error; the log has it under the trace id.",
    };

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
