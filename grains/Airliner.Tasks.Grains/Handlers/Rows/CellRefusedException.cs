namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>A cell does not fit the file that is written. Whoever knows the row says where it is.</summary>
internal sealed class CellRefusedException(string column, string complaint) : Exception(complaint)
{
    /// <summary>The failure of the task.</summary>
    public TaskInputException At(string place) => new($"{place}, column '{column}': {Message}");
}
