namespace Airliner.Persistence.Postgres.Schema;

/// <summary>A database could not be brought to the schema that this process needs. The message says which step, and why.</summary>
public sealed class MigrationException(string message, Exception? innerException = null) : Exception(message, innerException);
