using Airliner.Tasks.Grains.Handlers.Rows;
using Airliner.Tasks.Grains.Handlers.Rows.Writers;

namespace Airliner.Tasks.Grains.Handlers.DataProcessing;

/// <summary>Moves rows from the source to the writer. Filtered and selected rows only pass; groups and rows to sort are held.</summary>
internal sealed class DataPipeline(QueryPlan plan, RowOptions limits)
{
    private readonly RowGroups? _groups = plan.Groups is null ? null : new RowGroups(plan.Groups, limits);
    private readonly RowSorter? _sorter = plan.Sort is null ? null : new RowSorter(plan.Sort, plan.Limit, limits);
    private readonly long _limit = plan.Limit ?? long.MaxValue;

    /// <summary>The rows that came; of a join, its own.</summary>
    public long InputRows { get; private set; }

    /// <summary>The rows that were written.</summary>
    public long Rows { get; private set; }

    /// <summary>Runs to the end of the source, also beyond a limit: every row is counted, and a malformed one is found.</summary>
    public async Task RunAsync(IRowSource source, IRowWriter writer, CancellationToken cancellationToken)
    {
        await writer.WriteHeaderAsync(cancellationToken);
        while (await source.ReadAsync(cancellationToken))
        {
            if (InputRows++ % RowOptions.RowsBetweenChecks == 0)
                cancellationToken.ThrowIfCancellationRequested();
            if (!Passes(source))
                continue;
            if (_groups is not null)
                _groups.Add(source);
            else if (_sorter is not null)
                _sorter.Add(source);
            else if (Rows < _limit)
                await WriteAsync(writer, source, cancellationToken);
        }

        cancellationToken.ThrowIfCancellationRequested();
        await WriteHeldAsync(writer, cancellationToken);
        await writer.CompleteAsync(cancellationToken);
    }

    private ValueTask WriteAsync(IRowWriter writer, IRow row, CancellationToken cancellationToken)
    {
        Rows++;
        return writer.WriteAsync(row, cancellationToken);
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

    private async Task WriteHeldAsync(IRowWriter writer, CancellationToken cancellationToken)
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
            if (Rows >= _limit)
                break;
            if (Rows % RowOptions.RowsBetweenChecks == 0)
                cancellationToken.ThrowIfCancellationRequested();
            await WriteAsync(writer, row, cancellationToken);
        }
    }
}
