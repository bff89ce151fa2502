using System.Globalization;
using System.Text;
using Parquet;
using Parquet.Schema;

namespace Airliner.Tasks.Grains.Handlers.Rows.Writers;

/// <summary>The cells of one column of the row group that gathers.</summary>
internal interface IParquetCells
{
    Type ClrType { get; }

    /// <summary>Takes a row's cell, and says about how many bytes it holds.</summary>
    int Add(IRow row);

    /// <summary>Writes the cells and holds them no longer.</summary>
    Task WriteAsync(ParquetRowGroupWriter group, DataField field, CancellationToken cancellationToken);

    static IParquetCells Of(OutputColumn column) => column.Type switch
    {
        ColumnType.Integer => new Values<long>(column, cell => long.Parse(cell, CultureInfo.InvariantCulture)),
        ColumnType.Number => new Values<double>(column, cell => double.Parse(cell, CultureInfo.InvariantCulture)),
        ColumnType.Boolean => new Values<bool>(column, cell => cell.SequenceEqual("true"u8)),
        _ => new Texts(column),
    };

    private delegate T Parsing<T>(ReadOnlySpan<byte> cell);

    private sealed class Values<T>(OutputColumn column, Parsing<T> parse) : IParquetCells
        where T : struct
    {
        private readonly List<T?> _values = [];

        public Type ClrType => typeof(T);

        public int Add(IRow row)
        {
            var cell = row.Cell(column.Cell);
            // Parquet has doubles that are no number, which JSON has not.
            var isNoNumber = column.Type is ColumnType.Number && (cell.SequenceEqual("NaN"u8) || cell.SequenceEqual("Infinity"u8) || cell.SequenceEqual("-Infinity"u8));
            _values.Add(!isNoNumber && column.KindIn(row) is CellKind.Missing or CellKind.Null ? null : parse(cell));
            return 16;
        }

        public async Task WriteAsync(ParquetRowGroupWriter group, DataField field, CancellationToken cancellationToken)
        {
            await group.WriteAsync<T>(field, _values.ToArray().AsMemory(), null, null, cancellationToken);
            _values.Clear();
        }
    }

    private sealed class Texts(OutputColumn column) : IParquetCells
    {
        private readonly List<string> _values = [];

        public Type ClrType => typeof(string);

        public int Add(IRow row)
        {
            var isNull = column.KindIn(row) is CellKind.Missing or CellKind.Null;
            var cell = row.Cell(column.Cell);
            // Parquet.Net takes a list of strings that may be null, but does not say so.
            _values.Add(isNull ? null! : Encoding.UTF8.GetString(cell));
            return 24 + (cell.Length * 2);
        }

        public async Task WriteAsync(ParquetRowGroupWriter group, DataField field, CancellationToken cancellationToken)
        {
            await group.WriteAsync(field, _values);
            _values.Clear();
        }
    }
}
