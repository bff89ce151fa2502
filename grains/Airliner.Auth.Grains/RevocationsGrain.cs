using Airliner.Contracts;
using Airliner.Contracts.Audit;
using Airliner.Contracts.Auth;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Airliner.Auth.Grains;

/// <summary>
/// The feed of what is revoked. The rows are the truth: a new activation reads them, counts anew, and its readers take everything again. Key: 0.
/// Store: table <c>revocations</c>.
/// </summary>
[Reentrant]
[GrainType("revocations")]
internal sealed partial class RevocationsGrain(IRevocationTable table, TimeProvider time, ILogger<RevocationsGrain> log) : Grain, IRevocationsGrain
{
    /// <summary>How long a reader waits for news: well below the time in which a call has to be answered.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);

    /// <summary>How often the rows are read again, for those that another activation wrote while a partition lasted.</summary>
    private static readonly TimeSpan _reconcileEvery = TimeSpan.FromSeconds(5);

    /// <summary>Longer than any token lives that was signed a moment before its session ended, by a clock that is not quite ours.</summary>
    private static readonly TimeSpan _kept = AccessTokens.Lifetime + TimeSpan.FromMinutes(2);

    private readonly Guid _feed = Guid.NewGuid();
    private readonly List<Revocation> _revocations = [];
    private readonly Dictionary<string, DateTimeOffset> _known = new(StringComparer.Ordinal);
    private TaskCompletionSource _news = NewNews();
    private long _forgotten;

    private long Count => _forgotten + _revocations.Count;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Add(await table.ReadAsync(time.Now(), cancellationToken));
        this.RegisterGrainTimer(ReconcileAsync, new GrainTimerCreationOptions(_reconcileEvery, _reconcileEvery) { Interleave = true });
    }

    public async Task Revoke(IReadOnlyList<string> ids)
    {
        var expires = time.Now() + _kept;
        await table.AddAsync(ids, expires);
        Add(ids.Select(id => new Revocation(id, expires)));
    }

    public async Task RevokeToken(string clientId, string tokenId)
    {
        var now = time.Now();
        await table.AddAsync(tokenId, now + _kept, new AuditEntry(ClientAudit.TokenRevoked, now, ClientId: clientId, Details: new { TokenId = tokenId }));
        Add([new(tokenId, now + _kept)]);
    }

    public async Task<RevocationNews> After(RevocationPosition? position)
    {
        if (position is null || position.Feed != _feed || position.Count < _forgotten)
            return new(new(_feed, Count), IsAll: true, [.. _revocations]);
        if (position.Count >= Count)
            await Task.WhenAny(_news.Task, Task.Delay(_patience, time));
        // What has been forgotten meanwhile has expired.
        return new(new(_feed, Count), IsAll: false, [.. _revocations.Skip((int)Math.Max(0, position.Count - _forgotten))]);
    }

    private void Add(IEnumerable<Revocation> revocations)
    {
        // What is revoked once more is news as well, for it stays revoked longer.
        var news = revocations.Where(one => !_known.TryGetValue(one.Id, out var until) || until < one.ExpiresAt).ToList();
        if (news.Count == 0)
            return;
        foreach (var one in news)
            _known[one.Id] = one.ExpiresAt;
        _revocations.AddRange(news);
        var waited = _news;
        _news = NewNews();
        waited.SetResult();
    }

    private async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        try
        {
            var now = time.Now();
            Add(await table.ReadAsync(now, cancellationToken));
            // Those at the head are the oldest, or nearly: one that waits behind a younger one goes with it.
            var expired = _revocations.FindIndex(one => one.ExpiresAt > now) is >= 0 and var first ? first : _revocations.Count;
            if (expired == 0)
                return;
            foreach (var one in _revocations.Take(expired).Where(one => _known.GetValueOrDefault(one.Id) == one.ExpiresAt))
                _known.Remove(one.Id);
            _revocations.RemoveRange(0, expired);
            _forgotten += expired;
            await table.DeleteExpiredAsync(now, cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // The next turn tries again; what is known stays known meanwhile.
            LogNotReconciled(error.Message);
        }
    }

    private static TaskCompletionSource NewNews() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(LogLevel.Warning, "The revocations could not be read again: {Reason}")]
    private partial void LogNotReconciled(string reason);
}

/// <summary>The rows of what is revoked.</summary>
internal interface IRevocationTable
{
    /// <summary>Adds rows; one that is there is kept for the longer time.</summary>
    /// <exception cref="Contracts.Records.StorageUnavailableException">The database does not answer; whether the rows are written is not known.</exception>
    Task AddAsync(IReadOnlyList<string> ids, DateTimeOffset expires, CancellationToken cancellationToken = default);

    /// <summary>Adds a row as above, together with its entry in the audit log.</summary>
    /// <inheritdoc cref="AddAsync(IReadOnlyList{string}, DateTimeOffset, CancellationToken)" path="/exception"/>
    Task AddAsync(string id, DateTimeOffset expires, AuditEntry entry, CancellationToken cancellationToken = default);

    /// <summary>The rows that have not expired, those that expire first first.</summary>
    Task<IReadOnlyList<Revocation>> ReadAsync(DateTimeOffset now, CancellationToken cancellationToken = default);

    Task DeleteExpiredAsync(DateTimeOffset now, CancellationToken cancellationToken = default);
}
