namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>What a cell was in its source, beside its text. Cells of CSV are text, whatever they look like.</summary>
internal enum CellKind : byte
{
    /// <summary>The source has no such member in this row.</summary>
    Missing,

    /// <summary>The source says that there is no value.</summary>
    Null,

    Text,

    /// <summary>The cell's text is a number as JSON writes them.</summary>
    Number,

    /// <summary>The cell's text is <c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>The cell's text is a JSON object or array.</summary>
    Json,
}
