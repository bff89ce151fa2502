namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>A row of cells, each UTF-8 text. A row that is being read is valid until the next read.</summary>
internal interface IRow
{
    ReadOnlySpan<byte> Cell(int column);

    /// <summary>What the cell was in its source; text, where the source knows nothing else.</summary>
    CellKind Kind(int column) => CellKind.Text;
}
