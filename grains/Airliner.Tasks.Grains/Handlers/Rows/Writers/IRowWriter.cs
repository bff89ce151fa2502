namespace Airliner.Tasks.Grains.Handlers.Rows.Writers;

/// <summary>Writes rows as a file of one format, as they come.</summary>
internal interface IRowWriter : IAsyncDisposable
{
    ValueTask WriteHeaderAsync(CancellationToken cancellationToken);

    /// <exception cref="CellRefusedException">The format cannot hold a cell as it is.</exception>
    ValueTask WriteAsync(IRow row, CancellationToken cancellationToken);

    /// <summary>Writes what is still due; without it the file is not whole.</summary>
    ValueTask CompleteAsync(CancellationToken cancellationToken);
}
