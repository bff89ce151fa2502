namespace Airliner.Contracts.Records;

/// <summary>What a caller knows of the record that a call is about to activate.</summary>
public static class RecordHints
{
    private const string NewKey = "airliner.new";

    /// <summary>
    /// Says, for the calls made until the returned scope ends, that <paramref name="subject"/> was just allocated: its activation need not read.
    /// A wrong hint is harmless: the insert then meets the row that is there, and the write fails as inconsistent.
    /// </summary>
    /// <param name="subject">The record, as <c>table/id</c>: see <see cref="Subject"/>.</param>
    public static IDisposable NewRecord(string subject)
    {
        RequestContext.Set(NewKey, subject);
        return new Scope();
    }

    /// <summary>Ends the hint for what the current call does from here on.</summary>
    internal static void Forget() => RequestContext.Remove(NewKey);

    /// <summary>Whether the current call says that <paramref name="subject"/> is new.</summary>
    public static bool IsNew(string subject) => RequestContext.Get(NewKey) is string hinted && hinted == subject;

    /// <summary>How a record is named outside its table, in hints and as the <c>ce_subject</c> of its events.</summary>
    public static string Subject(string table, long id) => $"{table}/{id}";

    private sealed class Scope : IDisposable
    {
        public void Dispose() => RequestContext.Remove(NewKey);
    }
}
