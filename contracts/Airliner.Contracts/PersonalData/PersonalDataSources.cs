using System.Text.Json.Nodes;

namespace Airliner.Contracts.PersonalData;

/// <summary>Asks all sources of a service.</summary>
public static class PersonalDataSources
{
    /// <summary>The rule of tables by which nothing new is kept of a user who was erased, as <see cref="Records.RecordRejectedException.Constraint"/> names it.</summary>
    public const string ErasedUser = "erased_users";

    private const int MostAtOnce = 16;

    /// <summary>How many records of a user are acted on at once.</summary>
    public static ParallelOptions Bounded(CancellationToken cancellationToken) => new() { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = cancellationToken };

    /// <summary>A JSON object with a member for each source that has something.</summary>
    public static async Task<string> ExportAllAsync(this IEnumerable<IPersonalDataSource> sources, long userId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sources);
        var all = new JsonObject();
        foreach (var source in sources)
        {
            if (await source.ExportAsync(userId, cancellationToken) is { } held)
                all.Add(source.Name, held);
        }

        return all.ToJsonString(AirlinerJson.Options);
    }

    /// <summary>Erases one after the other. Where one fails, all are asked again by the repeat.</summary>
    public static async Task EraseAllAsync(this IEnumerable<IPersonalDataSource> sources, long userId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sources);
        foreach (var source in sources)
            await source.EraseAsync(userId, cancellationToken);
    }
}
