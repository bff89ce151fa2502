namespace Airliner.Tasks.Grains.Handlers.DataProcessing;

/// <summary>Moves rows from the source to the writer. Filtered and selected rows only pass; groups and rows to sort are held.</summary>
internal sealed class DataPipeline(QueryPlan plan, DataProcessingOptions limits)
{
    /// <summary>How many rows pass between two looks at the cancellation token.</summary>
    public const int RowsBetweenChecks = 1024;

    private readonly RowGroups? _groups = plan.Groups is null ? null : new RowGroups(plan.Groups, limits);
    private readonly RowSorter? _sorter = plan.Sort is null ? null : new RowSorter(plan.Sort, plan.Limit, limits);
    private readonly long _limit = plan.Limit ?? long.MaxValue;

    public long InputRows { get; private set; }

    /// <summary>Runs to the end of the source, also beyond a limit: every row is counted, and a malformed one is found.</summary>
    public async Task RunAsync(IRowSource source, ResultWriter writer, CancellationToken cancellationToken)
    {
        await writer.WriteHeaderAsync(cancellationToken);
        while (await source.ReadAsync(cancellationToken))
        {
            if (InputRows++ % RowsBetweenChecks == 0)
                cancellationToken.ThrowIfCancellationRequested();
            if (!Passes(source))
                continue;
            if (_groups is not null)
                _groups.Add(source);
            else if (_sorter is not null)
                _sorter.Add(source);
            else if (writer.Rows < _limit)
                await writer.WriteAsync(source, cancellationToken);
        }

        cancellationToken.ThrowIfCancellationRequested();
        await WriteHeldAsync(writer, cancellationToken);
        await writer.FlushAsync(cancellationToken);
    }

    private bool Passes(IRow row)
    {
        foreach (var filter in plan.Filters)
        {
            if (!filter.Accepts(row))
                return false;
        }

        return true;
    }

    private async Task WriteHeldAsync(ResultWriter writer, CancellationToken cancellationToken)
    {
        var held = _groups?.Rows ?? [];
        if (_sorter is not null)
        {
            foreach (var group in held)
                _sorter.Add(group);
            held = _sorter.Sorted();
        }

        foreach (var row in held)
        {
            if (writer.Rows >= _limit)
                break;
            if (writer.Rows % RowsBetweenChecks == 0)
                cancellationToken.ThrowIfCancellationRequested();
            await writer.WriteAsync(row, cancellationToken);
        }
    }
}
