namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>Columns as workbooks name them: A to Z, AA and so on.</summary>
internal static class XlsxReference
{
    /// <summary>The column, from 0, of a cell such as <c>AB12</c>; null where there is none.</summary>
    public static int? ColumnOf(string? cell)
    {
        var column = 0;
        foreach (var letter in cell ?? "")
        {
            if (letter is < 'A' or > 'Z' || column > 100_000)
                break;
            column = (column * 26) + letter - 'A' + 1;
        }

        return column == 0 ? null : column - 1;
    }

    public static string ColumnName(int column)
    {
        var name = "";
        for (var rest = column + 1; rest > 0; rest = (rest - 1) / 26)
            name = (char)('A' + ((rest - 1) % 26)) + name;
        return name;
    }
}
