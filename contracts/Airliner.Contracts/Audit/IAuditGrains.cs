namespace Airliner.Contracts.Audit;

/// <summary>Reads a service's audit log. Any key; one interface for each service that keeps one.</summary>
[Alias("airliner.IAuditGrain")]
public interface IAuditGrain : IGrainWithIntegerKey
{
    /// <summary>A page of the entries, newest first.</summary>
    /// <param name="userId">Only those of what this user did, or of what happened to this user; null for all.</param>
    [Alias("List")]
    Task<Page<AuditView>> List(long? userId, PageRequest page);
}

[Alias("airliner.IUserAuditGrain")]
public interface IUserAuditGrain : IAuditGrain;

[Alias("airliner.IAuthAuditGrain")]
public interface IAuthAuditGrain : IAuditGrain;
