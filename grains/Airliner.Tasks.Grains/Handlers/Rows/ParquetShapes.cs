using static Airliner.Tasks.Grains.Handlers.Rows.ThriftField;

namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>What a Parquet file's descriptions are like, as far as the library reads them (https://github.com/apache/parquet-format, parquet.thrift).</summary>
internal static class ParquetShapes
{
    private static readonly ThriftShape _keyValue = new(Binary, Binary);
    private static readonly ThriftShape _statistics = new(Binary, Binary, I64, I64, Binary, Binary, Truth, Truth);
    private static readonly ThriftShape _encodingStats = new(I32, I32, I32);
    private static readonly ThriftShape _sizeStatistics = new(I64, List(ThriftType.Int64), List(ThriftType.Int64));
    private static readonly ThriftShape _sortingColumn = new(I32, Truth, Truth);
    private static readonly ThriftShape _schemaElement = new(I32, I32, I32, Binary, I32, I32, I32, I32, I32, Struct());

    private static readonly ThriftShape _columnMetaData = new(
        I32, List(ThriftType.Int32), List(ThriftType.Binary), I32, I64, I64, I64, List(ThriftType.Struct, _keyValue), I64, I64, I64, Struct(_statistics),
        List(ThriftType.Struct, _encodingStats), I64, I32, Struct(_sizeStatistics));

    private static readonly ThriftShape _columnChunk = new(Binary, I64, Struct(_columnMetaData), I64, I32, I64, I32, Struct(), Binary);

    private static readonly ThriftShape _rowGroup = new(
        List(ThriftType.Struct, _columnChunk), I64, I64, List(ThriftType.Struct, _sortingColumn), I64, I64, new(ThriftType.Int16));

    private static readonly ThriftShape _dataPage = new(I32, I32, I32, I32, Struct(_statistics));
    private static readonly ThriftShape _dictionaryPage = new(I32, I32, Truth);
    private static readonly ThriftShape _dataPageV2 = new(I32, I32, I32, I32, I32, I32, Truth, Struct(_statistics));

    /// <summary><c>FileMetaData</c>.</summary>
    public static ThriftShape Footer { get; } = new(
        I32, List(ThriftType.Struct, _schemaElement), I64, List(ThriftType.Struct, _rowGroup), List(ThriftType.Struct, _keyValue), Binary, List(ThriftType.Struct), Struct(), Binary);

    /// <summary><c>PageHeader</c>.</summary>
    public static ThriftShape Page { get; } = new(I32, I32, I32, I32, Struct(_dataPage), Struct(), Struct(_dictionaryPage), Struct(_dataPageV2));
}
