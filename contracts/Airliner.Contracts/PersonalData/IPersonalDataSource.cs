using System.Text.Json.Nodes;

namespace Airliner.Contracts.PersonalData;

/// <summary>
/// One kind of thing that a service holds of a user: what the user's export shows of it, and what the user's erasure takes away. A service's module registers
/// one for each kind, keyed by the service's name, and whoever exports or erases asks them all.
/// </summary>
public interface IPersonalDataSource
{
    /// <summary>The member of the export under which it stands, in camelCase, e.g. <c>sessions</c>.</summary>
    string Name { get; }

    /// <summary>What is held of the user, as the wire has it; null where there is nothing. No password, hash, code or token.</summary>
    Task<JsonNode?> ExportAsync(long userId, CancellationToken cancellationToken);

    /// <summary>Takes away what is held of the user. It can be repeated: after a fault, it is.</summary>
    Task EraseAsync(long userId, CancellationToken cancellationToken);
}
