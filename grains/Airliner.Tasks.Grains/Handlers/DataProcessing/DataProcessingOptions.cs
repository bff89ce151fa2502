namespace Airliner.Tasks.Grains.Handlers.DataProcessing;

/// <summary>What one <c>data_processing</c> task may hold in memory. Rows that only pass through are not held.</summary>
internal sealed class DataProcessingOptions
{
    /// <summary>The most rows to sort, or groups, at a time.</summary>
    public int MaxHeldRows { get; set; } = 1_000_000;

    /// <summary>The most bytes that the rows to sort, or the groups, may take; an estimate that includes their objects.</summary>
    public long MaxHeldBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>The longest row of a source, in bytes; guards against an unclosed quote at the start of a large file.</summary>
    public int MaxRowBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>The most columns of a source.</summary>
    public int MaxColumns { get; set; } = 4_096;
}
