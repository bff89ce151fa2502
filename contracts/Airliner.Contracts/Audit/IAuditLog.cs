using Airliner.Contracts.Records;

namespace Airliner.Contracts.Audit;

/// <summary>A service's audit log, as the silo that owns it offers it to its grains beside what records write of themselves.</summary>
public interface IAuditLog
{
    /// <summary>Writes an entry in the system's name, for what is kept where the log is not. Durable when this ends.</summary>
    /// <exception cref="StorageUnavailableException">The database does not answer.</exception>
    Task AppendAsync(AuditEntry entry, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="IAuditGrain.List"/>
    /// <exception cref="StorageUnavailableException">The database does not answer.</exception>
    Task<Page<AuditView>> ListAsync(long? userId, PageRequest page, CancellationToken cancellationToken = default);
}
