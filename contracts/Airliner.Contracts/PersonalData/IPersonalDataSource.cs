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

    /// <summary>What is held of the user, or a part of it, as the wire has it. No password, hash, code or token.</summary>
    /// <param name="after">What the part before said comes next; null at first.</param>
    Task<PersonalDataPart> ExportAsync(long userId, string? after, CancellationToken cancellationToken);

    /// <summary>Takes away what is held of the user. It can be repeated: after a fault, it is.</summary>
    Task EraseAsync(long userId, CancellationToken cancellationToken);
}

/// <summary>A part of what a source holds of a user.</summary>
/// <param name="Content">A list where it is one of several; null where nothing is held.</param>
/// <param name="Next">Where the next part begins; null where this is the last.</param>
public sealed record PersonalDataPart(JsonNode? Content, string? Next = null);
