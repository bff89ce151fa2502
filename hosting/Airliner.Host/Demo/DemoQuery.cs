namespace Airliner.Host.Demo;

/// <summary>What the demo asks of a file.</summary>
internal static class DemoQuery
{
    /// <summary>Delays by destination for the sample of flights; the first rows of any other file.</summary>
    public static object For(string path, long fileId)
    {
        var source = new { fileId };
        var header = File.ReadLines(path).FirstOrDefault() ?? "";
        if (!header.StartsWith("flight,date,origin,destination", StringComparison.Ordinal))
            return new { source, limit = 20 };
        return new
        {
            source,
            where = new object[] { new { column = "status", op = "ne", value = "cancelled" } },
            groupBy = new[] { "destination" },
            aggregate = new object[]
            {
                new { op = "count", @as = "flights" },
                new { op = "sum", column = "passengers", @as = "passengers" },
                new { op = "avg", column = "delay_minutes", @as = "average_delay" },
            },
            sort = new object[] { new { column = "passengers", descending = true } },
            limit = 10,
        };
    }
}
