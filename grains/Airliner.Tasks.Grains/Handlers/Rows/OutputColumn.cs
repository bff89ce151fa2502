namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>A column of a file that is written.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Cell">Where its cell is in the rows that come.</param>
/// <param name="Type">What its cells become.</param>
internal sealed record OutputColumn(string Name, int Cell, ColumnType Type = ColumnType.Source)
{
    /// <summary>Whether a number is what somebody asked for, rather than what the source has.</summary>
    public bool IsNumeric => Type is ColumnType.Integer or ColumnType.Number;

    /// <summary>What a row's cell becomes.</summary>
    /// <exception cref="CellRefusedException">The cell cannot become what was asked for without a loss.</exception>
    public CellKind KindIn(IRow row)
    {
        var kind = row.Kind(Cell);
        if (Type is ColumnType.Source || kind is CellKind.Missing or CellKind.Null)
            return kind;
        if (Type is ColumnType.Text)
            return CellKind.Text;
        var cell = row.Cell(Cell);
        if (cell.IsEmpty)
            return CellKind.Null;
        return Type switch
        {
            ColumnType.Measure => JsonNumber.Is(cell) ? CellKind.Number : CellKind.Text,
            ColumnType.Integer when JsonNumber.IsInt64(cell) => CellKind.Number,
            ColumnType.Number when JsonNumber.IsDouble(cell) => CellKind.Number,
            ColumnType.Boolean when cell.SequenceEqual("true"u8) || cell.SequenceEqual("false"u8) => CellKind.Boolean,
            _ => throw Refused(cell),
        };
    }

    private CellRefusedException Refused(ReadOnlySpan<byte> cell)
    {
        var wanted = Type switch
        {
            ColumnType.Integer => "a whole number of 64 bits, written without leading zeros",
            ColumnType.Number => "a number that a double keeps exactly, written without leading zeros",
            _ => "true or false",
        };
        return new(Name, $"'{CellText.Shortened(cell, 40)}' is not {wanted}; leave the column's type out to keep its text");
    }
}
