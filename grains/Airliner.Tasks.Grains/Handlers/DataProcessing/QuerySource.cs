using Airliner.Tasks.Grains.Handlers.Rows;

namespace Airliner.Tasks.Grains.Handlers.DataProcessing;

/// <summary>Opens the rows that a query is about: those of its source, or of its join, whose second source is read first.</summary>
internal static class QuerySource
{
    private const int SecondSourcePercent = 20;

    public static async Task<IRowSource> OpenAsync(
        DataProcessingParameters parameters, ITaskExecution execution, RowOptions limits, CancellationToken cancellationToken)
    {
        if (parameters.Join is not { } join)
            return await new SourceInput(parameters.Source, execution, limits).OpenAsync(cancellationToken);

        JoinedRows second;
        await using (var rows = await new SourceInput(join.Source, execution, limits, 0, SecondSourcePercent).OpenAsync(cancellationToken))
            second = await JoinedRows.ReadAsync(rows, join, limits, cancellationToken);
        var first = await new SourceInput(parameters.Source, execution, limits, SecondSourcePercent).OpenAsync(cancellationToken);
        try
        {
            return new JoinedRowSource(first, second, join);
        }
        catch
        {
            await first.DisposeAsync();
            throw;
        }
    }
}
