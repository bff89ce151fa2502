using System.Text;

namespace Airliner.EndToEnd.Tests.Rest;

/// <summary>A CSV file that takes a while to sort.</summary>
internal static class BigCsv
{
    public static ByteArrayContent Rows(int count, int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder("id,name,amount\n");
        for (var i = 0; i < count; i++)
            text.Append(i).Append(",name-").Append(random.Next(1_000_000)).Append(',').Append(random.Next(10_000)).Append('\n');
        return new ByteArrayContent(Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>By two columns, so that all rows are held and compared.</summary>
    public static object Sort { get; } = new object[] { new { column = "name", descending = true }, new { column = "amount", descending = false } };
}
