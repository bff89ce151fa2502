namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>What the cells of a column become in a file that knows types.</summary>
internal enum ColumnType
{
    /// <summary>Each cell stays what it was in its source.</summary>
    Source,

    /// <summary>A number where the text is one, else text: what an aggregate is.</summary>
    Measure,

    Text,

    /// <summary>A whole number of 64 bits, or nothing; anything else fails.</summary>
    Integer,

    /// <summary>A number that a double keeps, or nothing; anything else fails.</summary>
    Number,

    /// <summary><c>true</c>, <c>false</c> or nothing; anything else fails.</summary>
    Boolean,
}
