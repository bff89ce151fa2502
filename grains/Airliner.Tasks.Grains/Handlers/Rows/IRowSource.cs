namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>Reads rows one after the other; it is itself the row that it stands on.</summary>
internal interface IRowSource : IRow, IAsyncDisposable
{
    IReadOnlyList<string> Columns { get; }

    /// <summary>The line, from 1, on which the current row starts; in a format without lines, the row.</summary>
    long Line { get; }

    /// <summary>Where the current row is, for messages.</summary>
    string Place => $"line {Line}";

    /// <summary>What a column's cells are where the source's schema says so.</summary>
    ColumnType TypeOf(int column) => ColumnType.Source;

    /// <summary>Goes to the next row; false at the end.</summary>
    /// <exception cref="TaskInputException">The row is malformed; the message names its line and, where it can, its column.</exception>
    ValueTask<bool> ReadAsync(CancellationToken cancellationToken);
}
