using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Xml;

namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>
/// Rows of a sheet of a workbook, read as they come; the first that has a value is the header. Numbers are what a double's shortest form says, dates are ISO 8601,
/// formulas are their last result. Rows without any value are passed over.
/// </summary>
internal sealed class XlsxRowSource : IRowSource
{
    private readonly XlsxPackage _package;
    private readonly XlsxWorkbook _workbook;
    private readonly XmlReader _xml;
    private readonly RowOptions _limits;
    private readonly ArrayBufferWriter<byte> _text = new(4096);
    private readonly StringBuilder _value = new();
    private (int Start, int Length, CellKind Kind)[] _cells = [];
    private int _filled;

    private XlsxRowSource(XlsxPackage package, XlsxWorkbook workbook, XmlReader xml, RowOptions limits) =>
        (_package, _workbook, _xml, _limits) = (package, workbook, xml, limits);

    public IReadOnlyList<string> Columns { get; private set; } = [];

    public long Line { get; private set; }

    public string Place => $"row {Line}";

    public static XlsxRowSource Open(Stream stream, SourceParameter parameter, RowOptions limits, Func<Stream, long, Stream> wrap)
    {
        var package = new XlsxPackage(stream, parameter.Member, limits);
        try
        {
            var workbook = new XlsxWorkbook(package, parameter, limits);
            var xml = package.Open(workbook.Sheet, wrap) ?? throw package.Malformed("its sheet is missing");
            var source = new XlsxRowSource(package, workbook, xml, limits);
            if (source.Read())
                source.Columns = source.Header();
            return source;
        }
        catch (Exception problem) when (problem is XmlException or InvalidDataException)
        {
            package.Dispose();
            throw package.Malformed(problem.Message);
        }
        catch
        {
            package.Dispose();
            throw;
        }
    }

    public ReadOnlySpan<byte> Cell(int column)
    {
        if (column >= _filled)
            return default;
        var (start, length, _) = _cells[column];
        return _text.WrittenSpan.Slice(start, length);
    }

    public CellKind Kind(int column) => column < _filled ? _cells[column].Kind : CellKind.Null;

    public ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!Read())
                return new(false);
        }
        catch (Exception problem) when (problem is XmlException or InvalidDataException)
        {
            throw _package.Malformed(problem.Message);
        }

        return _filled <= Columns.Count ? new(true)
            : throw new TaskInputException($"{Place}, column {XlsxReference.ColumnName(_filled - 1)} is not in the header, which has {Columns.Count} columns");
    }

    public ValueTask DisposeAsync()
    {
        _xml.Dispose();
        _package.Dispose();
        _workbook.LetGo();
        return ValueTask.CompletedTask;
    }

    private List<string> Header()
    {
        var names = new List<string>();
        for (var column = 0; column < _filled; column++)
        {
            var name = Encoding.UTF8.GetString(Cell(column));
            if (names.IndexOf(name) is >= 0 and var before)
                throw new TaskInputException($"{Place}, column {XlsxReference.ColumnName(column)}: the header names '{name}' again, as column {XlsxReference.ColumnName(before)} does");
            names.Add(name);
        }

        return names;
    }

    /// <summary>Goes to the next row that has a value.</summary>
    private bool Read()
    {
        while (_xml.Read())
        {
            if (_xml is not { NodeType: XmlNodeType.Element, LocalName: "row" })
                continue;
            Line = long.TryParse(_xml.GetAttribute("r"), CultureInfo.InvariantCulture, out var number) ? number : Line + 1;
            ReadCells();
            if (_filled > 0)
                return true;
        }

        return false;
    }

    private void ReadCells()
    {
        _text.ResetWrittenCount();
        Array.Fill(_cells, (0, 0, CellKind.Null));
        _filled = 0;
        if (_xml.IsEmptyElement)
            return;
        var (depth, next) = (_xml.Depth, 0);
        _xml.Read();
        while (_xml.Depth > depth)
        {
            if (_xml is not { NodeType: XmlNodeType.Element, LocalName: "c" })
            {
                _xml.Read();
                continue;
            }

            var column = XlsxReference.ColumnOf(_xml.GetAttribute("r")) ?? next;
            if (column >= _limits.MaxColumns)
                throw new TaskInputException($"{Place}: it has more than {_limits.MaxColumns} columns");
            next = column + 1;
            ReadCell(column);
        }
    }

    private void ReadCell(int column)
    {
        var (type, style) = (_xml.GetAttribute("t"), int.TryParse(_xml.GetAttribute("s"), CultureInfo.InvariantCulture, out var number) ? number : 0);
        var (isEmpty, depth, start) = (_xml.IsEmptyElement, _xml.Depth, _text.WrittenCount);
        var kind = CellKind.Null;
        _xml.Read();
        while (!isEmpty && _xml.Depth > depth)
        {
            if (_xml is { NodeType: XmlNodeType.Element, LocalName: "is" })
            {
                kind = Append(XlsxText.Read(_xml, Place), CellKind.Text);
                _xml.Read();
            }
            else if (_xml is { NodeType: XmlNodeType.Element, LocalName: "v" })
            {
                XlsxText.ReadContent(_xml, _value.Clear(), Place);
                kind = AppendValue(_value.ToString(), type, style, column);
            }
            else
            {
                _xml.Read();
            }
        }

        if (!isEmpty)
            _xml.Read();
        if (kind is CellKind.Null)
            return;
        if (_cells.Length <= column)
        {
            var before = _cells.Length;
            Array.Resize(ref _cells, Math.Max(column + 1, before * 2));
            _cells.AsSpan(before).Fill((0, 0, CellKind.Null));
        }

        _cells[column] = (start, _text.WrittenCount - start, kind);
        _filled = Math.Max(_filled, column + 1);
    }

    private CellKind AppendValue(string value, string? type, int style, int column)
    {
        switch (type)
        {
            case "s":
                if (!int.TryParse(value, CultureInfo.InvariantCulture, out var index) || index < 0 || index >= _workbook.Texts.Count)
                    throw new TaskInputException($"{Place}, column {XlsxReference.ColumnName(column)}: there is no shared text '{value}'");
                _text.Write(_workbook.Texts[index]);
                return Appended(CellKind.Text);
            case "b":
                return Append(value is "1" or "true" ? "true" : "false", CellKind.Boolean);
            case "str" or "inlineStr" or "e" or "d":
                return Append(XlsxText.Unescaped(value), CellKind.Text);
            default:
                if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
                    return value.Length == 0 ? CellKind.Null : throw new TaskInputException($"{Place}, column {XlsxReference.ColumnName(column)}: '{value}' is not a number");
                if (_workbook.Dates.Is(style) && _workbook.Dates.Format(number) is { } date)
                    return Append(date, CellKind.Text);
                return Append(double.IsInteger(number) && Math.Abs(number) < 1e21 && !(number == 0 && double.IsNegative(number)) ? new BigInteger(number).ToString(CultureInfo.InvariantCulture) : CellNumber.Format(number), CellKind.Number);
        }
    }

    private CellKind Append(string text, CellKind kind)
    {
        Encoding.UTF8.GetBytes(text, _text);
        return Appended(kind);
    }

    // Any number of cells may refer to one long text, and one cell may be given any number of times: a row is bounded by nothing else.
    private CellKind Appended(CellKind kind) => _text.WrittenCount <= _limits.MaxRowBytes ? kind
        : throw new TaskInputException($"{Place}: longer than {_limits.MaxRowBytes} bytes");
}
