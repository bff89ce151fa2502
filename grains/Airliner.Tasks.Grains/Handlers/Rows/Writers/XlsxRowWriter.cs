using System.Globalization;
using System.Text;
using SpreadCheetah;
using SpreadCheetah.Styling;

namespace Airliner.Tasks.Grains.Handlers.Rows.Writers;

/// <summary>
/// A workbook of one sheet. Text is text, never a formula. A number is one where it comes back to the letter, or where it was asked for and a double keeps its
/// value; else it is text: Excel would round long numbers and drop zeros.
/// </summary>
internal sealed class XlsxRowWriter : IRowWriter
{
    private const int MaxRows = 1_048_576;
    private const int MaxColumns = 16_384;

    private readonly Spreadsheet _spreadsheet;
    private readonly string _sheet;
    private readonly IReadOnlyList<OutputColumn> _columns;
    private readonly DataCell[] _cells;
    private long _rows;

    private XlsxRowWriter(Spreadsheet spreadsheet, string sheet, IReadOnlyList<OutputColumn> columns) =>
        (_spreadsheet, _sheet, _columns, _cells) = (spreadsheet, sheet, columns, new DataCell[columns.Count]);

    public static async Task<XlsxRowWriter> CreateAsync(Stream stream, string sheet, IReadOnlyList<OutputColumn> columns, CancellationToken cancellationToken)
    {
        if (columns.Count > MaxColumns)
            throw new TaskInputException($"format: xlsx has at most {MaxColumns} columns, and these are {columns.Count}");
        return new(await Spreadsheet.CreateNewAsync(stream, new SpreadCheetahOptions { PreserveStringWhitespace = true }, cancellationToken), sheet, columns);
    }

    public async ValueTask WriteHeaderAsync(CancellationToken cancellationToken)
    {
        await _spreadsheet.StartWorksheetAsync(_sheet, null, cancellationToken);
        if (_columns.Count == 0)
            return;
        _rows++;
        var bold = _spreadsheet.AddStyle(new Style { Font = { Bold = true } });
        await _spreadsheet.AddRowAsync(_columns.Select(column => new StyledCell(Text(column.Name, column.Name), bold)).ToArray(), cancellationToken);
    }

    public ValueTask WriteAsync(IRow row, CancellationToken cancellationToken)
    {
        if (_rows++ == MaxRows)
            throw new TaskInputException($"format: a sheet of an xlsx has at most {MaxRows} rows, its header included; filter the rows, or choose csv or parquet");
        for (var index = 0; index < _cells.Length; index++)
            _cells[index] = Cell(row, _columns[index]);
        return _spreadsheet.AddRowAsync(_cells.AsMemory(), cancellationToken);
    }

    public ValueTask CompleteAsync(CancellationToken cancellationToken) => _spreadsheet.FinishAsync(cancellationToken);

    public ValueTask DisposeAsync() => _spreadsheet.DisposeAsync();

    private static DataCell Cell(IRow row, OutputColumn column)
    {
        var kind = column.KindIn(row);
        var cell = row.Cell(column.Cell);
        return kind switch
        {
            CellKind.Missing or CellKind.Null => default,
            CellKind.Boolean => new DataCell(cell.SequenceEqual("true"u8)),
            CellKind.Number => Number(cell, column),
            _ => Text(Encoding.UTF8.GetString(cell), column.Name),
        };
    }

    private static DataCell Number(ReadOnlySpan<byte> cell, OutputColumn column)
    {
        var text = Encoding.UTF8.GetString(cell);
        var value = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (double.IsFinite(value) && (column.IsNumeric ? JsonNumber.IsDouble(cell) : CellNumber.Format(value) == text))
            return new DataCell(value);
        if (column.IsNumeric)
            throw new CellRefusedException(column.Name, $"'{text}' would be rounded in an xlsx; leave the column's type out to keep it as text");
        return Text(text, column.Name);
    }

    private static DataCell Text(string text, string column) => text.Length <= XlsxText.MaxLength
        ? new DataCell(XlsxText.Escaped(text))
        : throw new CellRefusedException(column, $"the text has {text.Length} characters, and a cell of an xlsx at most {XlsxText.MaxLength}");
}
