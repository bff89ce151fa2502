namespace Airliner.Tasks.Grains.Handlers.DataProcessing;

/// <summary>A row of cells, each UTF-8 text. A row that is being read is valid until the next read.</summary>
internal interface IRow
{
    ReadOnlySpan<byte> Cell(int column);
}
