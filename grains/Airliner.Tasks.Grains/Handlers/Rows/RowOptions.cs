namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>
/// What one task over rows (<c>data_processing</c>, <c>data_export</c>, <c>report_generation</c>) may hold in memory: the section <c>Tasks:Rows</c>. Rows that
/// only pass through are not held.
/// </summary>
internal sealed class RowOptions
{
    /// <summary>How many rows pass between two looks at the cancellation token.</summary>
    public const int RowsBetweenChecks = 1024;

    /// <summary>The largest file that a task reads; as large as a task makes one.</summary>
    public long MaxFileBytes { get; set; } = 10L << 30;

    /// <summary>The most rows to sort, groups, rows of a join's second source, or shared texts of a workbook, at a time.</summary>
    public int MaxHeldRows { get; set; } = 1_000_000;

    /// <summary>The most bytes that those may take, each for itself; an estimate that includes their objects.</summary>
    public long MaxHeldBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>
    /// The longest row of a source that is text or a workbook, in bytes; guards against an unclosed quote at the start of a large file, and against a few bytes that refer
    /// to a long text again and again. As much may the names of all members of JSON lines have together, and in characters a tag of a workbook's XML.
    /// </summary>
    public int MaxRowBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>The most columns of a source.</summary>
    public int MaxColumns { get; set; } = 4_096;

    /// <summary>The most bytes that a part of a workbook (xlsx) may unpack to. Those that describe others, as its styles do, have a far lower limit.</summary>
    public long MaxUnpackedBytes { get; set; } = 1L << 30;

    /// <summary>
    /// The most bytes, unpacked, of one row group of a Parquet file that is read: a group is in memory as a whole. Twice as many may its rows' values take there, also
    /// those that are null.
    /// </summary>
    public long MaxRowGroupBytes { get; set; } = 128L * 1024 * 1024;

    /// <summary>The most rows of such a group.</summary>
    public int MaxRowGroupRows { get; set; } = 2_000_000;

    /// <summary>The rows of a row group that is written; fewer where they are large.</summary>
    public int RowGroupRows { get; set; } = 65_536;

    /// <summary>The bytes of cells at which a row group is written, whatever its rows.</summary>
    public long RowGroupBytes { get; set; } = 16L * 1024 * 1024;
}
