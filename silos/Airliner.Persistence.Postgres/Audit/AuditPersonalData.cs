using System.Text.Json;
using Airliner.Contracts;
using Airliner.Contracts.PersonalData;

namespace Airliner.Persistence.Postgres.Audit;

/// <summary>What a service's audit log has of a user: entries, and with them the user's addresses, which an erasure takes away. The entries stay.</summary>
internal sealed class AuditPersonalData(AuditLog log) : IPersonalDataSource
{
    /// <summary>The newest, where there are more: an answer has to end.</summary>
    private const int MostEntries = 10_000;

    public string Name => "audit";

    public async Task<PersonalDataPart> ExportAsync(long userId, string? after, CancellationToken cancellationToken)
    {
        var entries = await log.OfUserAsync(userId, MostEntries, cancellationToken);
        return new(entries.Count == 0 ? null : JsonSerializer.SerializeToNode(entries, AirlinerJson.Options));
    }

    public Task EraseAsync(long userId, CancellationToken cancellationToken) => log.EraseAsync(userId, cancellationToken);
}
