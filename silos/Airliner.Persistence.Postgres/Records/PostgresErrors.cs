using System.Text.Json;
using Airliner.Contracts.Records;
using Npgsql;
using Orleans.Storage;

namespace Airliner.Persistence.Postgres.Records;

/// <summary>What an error of the database means for a write. Provider exceptions have no Orleans codec, so none leaves the store.</summary>
internal static class PostgresErrors
{
    /// <summary>Whether the error lies in one row's content, so that the others of the batch can be written or read without it.</summary>
    public static bool IsOfOneRow(this Exception error) => error switch
    {
        // Classes 22 data exception, 23 integrity constraint violation, 54 program limit exceeded, 40 rollback (a deadlock between two silos' batches).
        PostgresException refused => refused.SqlState[..2] is "22" or "23" or "54" or "40",
        // What the client cannot encode or decode: half a surrogate pair, a null where there must be none. The server has seen no whole statement.
        ArgumentException or InvalidCastException or FormatException or OverflowException or NullReferenceException or JsonException => true,
        _ => false,
    };

    /// <summary>The error as the grain of the row gets it, one instance for each. Nothing was written.</summary>
    public static Exception ForRow(this Exception error, string subject) => error switch
    {
        PostgresException { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: var name } when name is not null && name.EndsWith("_pkey", StringComparison.Ordinal) =>
            new InconsistentStateException($"{subject} was written by somebody else first."),
        PostgresException { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: var name } =>
            new UniqueViolationException($"{subject} has a value that another record has ({name}).") { Constraint = name ?? "" },
        PostgresException refused when refused.SqlState.StartsWith("40", StringComparison.Ordinal) =>
            new StorageUnavailableException($"{subject} met a concurrent write ({refused.SqlState}); nothing was written."),
        PostgresException refused => new RecordRejectedException($"{subject} was refused by the database: {refused.MessageText} ({refused.SqlState}).") { Constraint = refused.ConstraintName ?? "" },
        _ => new RecordRejectedException($"{subject} cannot be converted: {error.Message}"),
    };

    /// <summary>
    /// The error of the whole batch, made anew for each grain: Orleans marks the instance by which it ends an activation, and would keep the
    /// other activations that got the same one.
    /// </summary>
    public static Exception ForBatch(Exception error, string table) => error switch
    {
        StorageUnavailableException => new StorageUnavailableException(error.Message),
        PostgresException refused when !refused.LeavesOutcomeUnknown() =>
            new StorageUnavailableException($"{table}: {refused.MessageText} ({refused.SqlState}); nothing was written."),
        _ => new InconsistentStateException($"{table}: the connection was lost during a commit, whose outcome is not known: {error.Message}"),
    };

    /// <summary>Whether a write that ended with this error may have been committed.</summary>
    public static bool LeavesOutcomeUnknown(this Exception error) => error switch
    {
        StorageUnavailableException => false,
        // The server itself says that the statement failed. FATAL comes from a server that goes down: what it had committed is not known.
        PostgresException refused => refused.InvariantSeverity != "ERROR",
        _ => true,
    };
}
