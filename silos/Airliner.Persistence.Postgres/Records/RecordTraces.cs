using System.Diagnostics;

namespace Airliner.Persistence.Postgres.Records;

/// <summary>Spans of writes and reads, from when they queue until they are done. The statement's own span is Npgsql's, below one of them.</summary>
/// <param name="operation">What is done to the table: <c>commit</c> or <c>read</c>.</param>
internal sealed class RecordTraces(string operation, string table)
{
    private static readonly ActivitySource _source = new("Airliner.Persistence");

    private readonly string _name = $"{operation} {table}";

    /// <summary>The span of one that is about to queue; null where nobody collects it.</summary>
    public Activity? Start() =>
        _source.StartActivity(_name)?.SetTag("db.system.name", "postgresql").SetTag("db.collection.name", table);
}
