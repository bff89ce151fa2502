namespace Airliner.Tasks.Grains.Handlers.DataProcessing;

/// <summary>Reads rows one after the other; it is itself the row that it stands on.</summary>
internal interface IRowSource : IRow, IAsyncDisposable
{
    IReadOnlyList<string> Columns { get; }

    /// <summary>The line, from 1, on which the current row starts.</summary>
    long Line { get; }

    /// <summary>Goes to the next row; false at the end.</summary>
    /// <exception cref="TaskInputException">The row is malformed; the message names its line and, where it can, its column.</exception>
    ValueTask<bool> ReadAsync(CancellationToken cancellationToken);
}
