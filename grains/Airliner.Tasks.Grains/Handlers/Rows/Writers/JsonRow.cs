using System.Text.Encodings.Web;
using System.Text.Json;

namespace Airliner.Tasks.Grains.Handlers.Rows.Writers;

/// <summary>A row as a JSON object, in which every cell is what it was: numbers to the letter, no value as null, and what was missing left out.</summary>
internal sealed class JsonRow(IReadOnlyList<OutputColumn> columns)
{
    /// <summary>Only what JSON itself requires is escaped: the cells are data, not markup.</summary>
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly JsonEncodedText[] _names = [.. columns.Select(column => JsonEncodedText.Encode(column.Name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping))];

    public void Write(Utf8JsonWriter writer, IRow row)
    {
        writer.WriteStartObject();
        for (var index = 0; index < _names.Length; index++)
        {
            var kind = columns[index].KindIn(row);
            if (kind is CellKind.Missing)
                continue;
            var cell = row.Cell(columns[index].Cell);
            writer.WritePropertyName(_names[index]);
            if (kind is CellKind.Null)
                writer.WriteNullValue();
            else if (kind is CellKind.Text)
                writer.WriteStringValue(cell);
            else
                writer.WriteRawValue(cell, skipInputValidation: true);
        }

        writer.WriteEndObject();
    }
}
