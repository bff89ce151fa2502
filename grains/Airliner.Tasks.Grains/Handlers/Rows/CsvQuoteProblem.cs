using CsvHelper;

namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>Finds the line and the column of a bad quote, which the reader reports for the row as a whole.</summary>
internal static class CsvQuoteProblem
{
    public static string Describe(CsvMalformedRecord record, IReadOnlyList<string> columns)
    {
        var (line, column) = Locate(record);
        var name = column < columns.Count ? $" ('{columns[column]}')" : "";
        var problem = record.Reason switch
        {
            CsvMalformedReason.StrayQuote => "a quote inside a field that is not quoted",
            CsvMalformedReason.TextAfterClosingQuote => "text after the closing quote of a field",
            CsvMalformedReason.UnterminatedQuote => "a quoted field is never closed",
            _ => "malformed",
        };
        return $"line {line}, column {column + 1}{name}: {problem}";
    }

    /// <summary>Walks the row as RFC 4180 reads it, up to the first thing that the RFC does not allow.</summary>
    private static (long Line, int Column) Locate(CsvMalformedRecord record)
    {
        var text = record.RawRecord;
        var (line, column) = (record.LineNumber, 0);
        for (var position = 0; position < text.Length;)
        {
            var fieldLine = line;
            if (text[position] == '"')
            {
                for (position++; position < text.Length; position++)
                {
                    if (text[position] == '\n')
                        line++;
                    if (text[position] != '"')
                        continue;
                    if (position + 1 >= text.Length || text[position + 1] != '"')
                        break;
                    position++;
                }

                // A field that is never closed is named by the line on which it starts: its end is the end of the input.
                if (position >= text.Length)
                    return (fieldLine, column);
                position++;
                if (position < text.Length && text[position] != ',')
                    return (line, column);
            }
            else
            {
                while (position < text.Length && text[position] != ',')
                {
                    if (text[position++] == '"')
                        return (line, column);
                }
            }

            column++;
            position++;
        }

        return (line, Math.Max(0, column - 1));
    }
}
