using System.Text;
using System.Text.Json;

namespace Airliner.Contracts.PersonalData;

/// <summary>Asks all sources of a service.</summary>
public static class PersonalDataSources
{
    /// <summary>The rule of tables by which nothing new is kept of a user who was erased, as <see cref="Records.RecordRejectedException.Constraint"/> names it.</summary>
    public const string ErasedUser = "erased_users";

    private const int MostAtOnce = 16;

    /// <summary>How many records of a user are acted on at once.</summary>
    public static ParallelOptions Bounded(CancellationToken cancellationToken) => new() { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = cancellationToken };

    /// <summary>One part of what the sources hold, which come in their order, each with one part at least.</summary>
    public static async Task<ExportPart> ExportPartAsync(this IEnumerable<IPersonalDataSource> sources, long userId, ExportPlace? from, CancellationToken cancellationToken = default)
    {
        List<IPersonalDataSource> all = [.. sources];
        var index = from is null ? 0 : all.FindIndex(source => source.Name == from.Source);
        if (index < 0)
            throw new InvalidOperationException($"This silo has no {from!.Source} to export: is it of another version than the one that was asked before?");
        var part = await all[index].ExportAsync(userId, from?.After, cancellationToken);
        var next = part.Next is { } after ? new ExportPlace(all[index].Name, after) : index + 1 < all.Count ? new ExportPlace(all[index + 1].Name, null) : null;
        return new(all[index].Name, part.Content?.ToJsonString(AirlinerJson.Options), next);
    }

    /// <summary>A JSON object with a member for each source that has something.</summary>
    public static async Task<string> ExportAllAsync(this IEnumerable<IPersonalDataSource> sources, long userId, CancellationToken cancellationToken = default)
    {
        using var content = new MemoryStream();
        await using (var json = new Utf8JsonWriter(content, AirlinerJson.WriterOptions))
            await json.WriteExportAsync(from => sources.ExportPartAsync(userId, from, cancellationToken), await sources.ExportPartAsync(userId, null, cancellationToken));
        return Encoding.UTF8.GetString(content.GetBuffer(), 0, (int)content.Length);
    }

    /// <summary>Writes a JSON object with a member for each source that has something, part by part.</summary>
    /// <param name="next">Reads a part.</param>
    /// <param name="first">The first one.</param>
    public static async Task WriteExportAsync(this Utf8JsonWriter json, Func<ExportPlace, Task<ExportPart>> next, ExportPart first)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(next);
        ArgumentNullException.ThrowIfNull(first);
        json.WriteStartObject();
        var isWithin = false;
        for (var part = first; ; part = await next(part.Next))
        {
            // The parts of one list are one list.
            var goesOn = part.Next?.Source == part.Source;
            using (var content = part.Json is { } text ? JsonDocument.Parse(text) : null)
            {
                if (!isWithin && content is not null)
                    json.WritePropertyName(part.Source);
                if (!isWithin && goesOn)
                    json.WriteStartArray();
                if (isWithin || goesOn)
                {
                    foreach (var item in content!.RootElement.EnumerateArray())
                        item.WriteTo(json);
                }
                else
                {
                    content?.RootElement.WriteTo(json);
                }
            }

            if (isWithin && !goesOn)
                json.WriteEndArray();
            isWithin = goesOn;
            await json.FlushAsync();
            if (part.Next is null)
                break;
        }

        json.WriteEndObject();
        await json.FlushAsync();
    }

    /// <summary>Erases one after the other. Where one fails, all are asked again by the repeat.</summary>
    public static async Task EraseAllAsync(this IEnumerable<IPersonalDataSource> sources, long userId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sources);
        foreach (var source in sources)
            await source.EraseAsync(userId, cancellationToken);
    }
}
