using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Parquet;
using Parquet.Schema;

namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>One column of the row group that is read, and how its values become cells.</summary>
internal abstract class ParquetColumn
{
    /// <summary>What the column is to a file that knows types; text where no such type keeps its values.</summary>
    public abstract ColumnType Type { get; }

    /// <summary>The bytes that a row's value takes in memory, also where there is none; those of a text come to it.</summary>
    public abstract int ValueBytes { get; }

    public static ParquetColumn Create(DataField field, string member) => System.Type.GetTypeCode(field.ClrType) switch
    {
        TypeCode.Boolean => new Values<bool>(field, ColumnType.Boolean, CellKind.Boolean, value => value ? "true" : "false"),
        TypeCode.SByte => Whole<sbyte>(field),
        TypeCode.Byte => Whole<byte>(field),
        TypeCode.Int16 => Whole<short>(field),
        TypeCode.UInt16 => Whole<ushort>(field),
        TypeCode.Int32 => Whole<int>(field),
        TypeCode.UInt32 => Whole<uint>(field),
        TypeCode.Int64 => Whole<long>(field),
        TypeCode.UInt64 => new Values<ulong>(field, ColumnType.Text, CellKind.Number, value => value.ToString(CultureInfo.InvariantCulture)),
        TypeCode.Single => new Values<float>(field, ColumnType.Number, CellKind.Number, value => value.ToString("R", CultureInfo.InvariantCulture)),
        TypeCode.Double => new Values<double>(field, ColumnType.Number, CellKind.Number, CellNumber.Format),
        TypeCode.Decimal => new Values<decimal>(field, ColumnType.Text, CellKind.Number, value => value.ToString(CultureInfo.InvariantCulture)),
        TypeCode.DateTime => new Values<DateTime>(field, ColumnType.Text, CellKind.Text, value => value.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture)),
        TypeCode.String => new Texts(field),
        _ when field.ClrType == typeof(ReadOnlyMemory<char>) => new Texts(field),
        _ when field.ClrType == typeof(DateOnly) => new Values<DateOnly>(field, ColumnType.Text, CellKind.Text, value => value.ToString("O", CultureInfo.InvariantCulture)),
        _ when field.ClrType == typeof(TimeOnly) => new Values<TimeOnly>(field, ColumnType.Text, CellKind.Text, value => value.ToString("HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture)),
        _ when field.ClrType == typeof(TimeSpan) => new Values<TimeSpan>(field, ColumnType.Text, CellKind.Text, value => value.ToString("c", CultureInfo.InvariantCulture)),
        _ when field.ClrType == typeof(Guid) => new Values<Guid>(field, ColumnType.Text, CellKind.Text, value => value.ToString()),
        _ => throw new TaskInputException($"{member}: column '{field.Name}' has values of {field.ClrType.Name}, which are no text"),
    };

    public abstract Task LoadAsync(ParquetRowGroupReader group, int rows, CancellationToken cancellationToken);

    /// <summary>Appends the text of a row's value.</summary>
    public abstract CellKind Append(int row, IBufferWriter<byte> text);

    private static Values<T> Whole<T>(DataField field)
        where T : struct, IFormattable =>
        new(field, ColumnType.Integer, CellKind.Number, value => value.ToString(null, CultureInfo.InvariantCulture));

    private sealed class Values<T>(DataField field, ColumnType type, CellKind kind, Func<T, string> format) : ParquetColumn
        where T : struct
    {
        private T?[] _optional = [];
        private T[] _required = [];

        public override ColumnType Type => type;

        public override int ValueBytes { get; } = field.IsNullable ? Unsafe.SizeOf<T?>() : Unsafe.SizeOf<T>();

        public override async Task LoadAsync(ParquetRowGroupReader group, int rows, CancellationToken cancellationToken)
        {
            if (field.IsNullable)
                await group.ReadAsync<T>(field, (_optional = new T?[rows]).AsMemory(), null, cancellationToken);
            else
                await group.ReadAsync<T>(field, (_required = new T[rows]).AsMemory(), null, cancellationToken);
        }

        public override CellKind Append(int row, IBufferWriter<byte> text)
        {
            if ((field.IsNullable ? _optional[row] : _required[row]) is not { } value)
                return CellKind.Null;
            var formatted = format(value);
            Encoding.UTF8.GetBytes(formatted, text);
            // A double may also be none: NaN, an infinity.
            return kind is CellKind.Number && char.IsLetter(formatted[^1]) ? CellKind.Text : kind;
        }
    }

    private sealed class Texts(DataField field) : ParquetColumn
    {
        private string?[] _values = [];

        public override ColumnType Type => ColumnType.Text;

        public override int ValueBytes => Unsafe.SizeOf<string?>();

        public override async Task LoadAsync(ParquetRowGroupReader group, int rows, CancellationToken cancellationToken) =>
            await group.ReadAsync(field, (_values = new string?[rows]).AsMemory(), null, cancellationToken);

        public override CellKind Append(int row, IBufferWriter<byte> text)
        {
            if (_values[row] is not { } value)
                return CellKind.Null;
            Encoding.UTF8.GetBytes(value, text);
            return CellKind.Text;
        }
    }
}
