namespace Airliner.Contracts.Records;

/// <summary>A record with the same unique value (a name, an address, a command id) is there already. Nothing was written.</summary>
[GenerateSerializer]
[Alias("airliner.UniqueViolationException")]
public sealed class UniqueViolationException : OrleansException
{
    public UniqueViolationException()
    {
    }

    public UniqueViolationException(string message)
        : base(message)
    {
    }

    public UniqueViolationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The name of the unique index, for example <c>users_email_key</c>.</summary>
    [Id(0)]
    public string Constraint { get; init; } = "";
}

/// <summary>The store could not take a read or a write: its database is away, or more is queued than it may hold. Nothing was written; try again later.</summary>
[GenerateSerializer]
[Alias("airliner.StorageUnavailableException")]
public sealed class StorageUnavailableException : OrleansException
{
    public StorageUnavailableException()
    {
    }

    public StorageUnavailableException(string message)
        : base(message)
    {
    }

    public StorageUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>The database refused a record for its content, for example a text that is too long. Nothing was written; the same write fails again.</summary>
[GenerateSerializer]
[Alias("airliner.RecordRejectedException")]
public sealed class RecordRejectedException : OrleansException
{
    public RecordRejectedException()
    {
    }

    public RecordRejectedException(string message)
        : base(message)
    {
    }

    public RecordRejectedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The rule that refused it, for example <c>users_last_administrator</c>; empty where none is named.</summary>
    [Id(0)]
    public string Constraint { get; init; } = "";
}
