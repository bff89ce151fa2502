using Airliner.Contracts.Records;
using Npgsql;
using Orleans.Storage;

namespace Airliner.Persistence.Postgres.Records;

/// <summary>What an error of the database means for a write. Provider exceptions have no Orleans codec, so none leaves the store.</summary>
internal static class PostgresErrors
{
    /// <summary>Whether the error lies in a row's content, so that the others of the batch can be written without it.</summary>
    public static bool IsOfOneRow(this PostgresException error) =>
        // Classes 22 data exception, 23 integrity constraint violation, 54 program limit exceeded, 40 rollback (a deadlock between two silos' batches).
        error.SqlState[..2] is "22" or "23" or "54" or "40";

    /// <summary>The error as the grain that wrote the row gets it. Nothing was written.</summary>
    public static Exception ForRow(this PostgresException error, string subject) => error switch
    {
        { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: var name } when name is not null && name.EndsWith("_pkey", StringComparison.Ordinal) =>
            new InconsistentStateException($"{subject} was written by somebody else first."),
        { SqlState: PostgresErrorCodes.UniqueViolation } =>
            new UniqueViolationException($"{subject} has a value that another record has ({error.ConstraintName}).") { Constraint = error.ConstraintName ?? "" },
        _ when error.SqlState.StartsWith("40", StringComparison.Ordinal) =>
            new StorageUnavailableException($"{subject} met a concurrent write ({error.SqlState}); nothing was written."),
        _ => new RecordRejectedException($"{subject} was refused by the database: {error.MessageText} ({error.SqlState})."),
    };

    /// <summary>The error as every grain of the batch gets it.</summary>
    public static Exception ForBatch(Exception error, string table) => error switch
    {
        // The server itself says that the statement failed. FATAL comes from a server that goes down: what it had committed is not known.
        PostgresException { Severity: "ERROR" } refused =>
            new StorageUnavailableException($"{table}: {refused.MessageText} ({refused.SqlState}); nothing was written."),
        _ => new InconsistentStateException($"{table}: the connection was lost during a commit, whose outcome is not known: {error.Message}"),
    };
}
