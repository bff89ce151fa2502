using System.Globalization;
using System.Text;
using Airliner.EndToEnd.Tests.Embedded;
using Npgsql;

namespace Airliner.EndToEnd.Tests.Erasure;

/// <summary>Looks for values everywhere that <c>airliner up</c> keeps something: in every row of every database, in every other file of its folder, and in what it wrote.</summary>
internal static class Remains
{
    /// <summary>Where each value was found; empty where none is.</summary>
    public static async Task<IReadOnlyList<string>> FindAsync(EmbeddedHost host, IReadOnlyCollection<string> values)
    {
        var found = new List<string>();
        foreach (var database in await ListAsync(host, "postgres", "select datname from pg_database where not datistemplate"))
            await SearchDatabaseAsync(host, database, values, found);
        SearchFolder(host.Data, values, found);
        found.AddRange(values.Where(value => host.Output.Contains(value, StringComparison.OrdinalIgnoreCase)).Select(value => $"{value} in the log"));
        return found;
    }

    private static async Task SearchDatabaseAsync(EmbeddedHost host, string database, IReadOnlyCollection<string> values, List<string> found)
    {
        var tables = await ListAsync(
            host, database, "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname not in ('pg_catalog', 'information_schema')");
        foreach (var table in tables)
        {
            foreach (var row in await ListAsync(host, database, $"select t::text from {table} t"))
                found.AddRange(values.Where(value => Has(row, value)).Select(value => $"{value} in {database} {table}: {row[..Math.Min(row.Length, 300)]}"));
        }
    }

    /// <summary>A row shows bytes in hex.</summary>
    private static bool Has(string row, string value) =>
        row.Contains(value, StringComparison.OrdinalIgnoreCase) || row.Contains(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(value)), StringComparison.Ordinal);

    private static void SearchFolder(string folder, IReadOnlyCollection<string> values, List<string> found)
    {
        // The database's own files are read through the database: what a row was before is there until it is vacuumed, and in the log of writes until it is recycled.
        var raw = Path.Combine(folder, "postgres", "server", "data");
        foreach (var file in Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
        {
            if (file.StartsWith(raw, StringComparison.Ordinal))
                continue;
            found.AddRange(values.Where(value => file.Contains(value, StringComparison.OrdinalIgnoreCase)).Select(value => $"{value} in the name {file}"));
            var content = Read(file);
            found.AddRange(values.Where(value => content.AsSpan().IndexOf(Encoding.UTF8.GetBytes(value)) >= 0).Select(value => $"{value} in {file}"));
        }
    }

    private static byte[] Read(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (FileNotFoundException)
        {
            return []; // Erased since it was listed.
        }
        catch (IOException) when (Path.GetFileName(file) is "lock" or "host.lock")
        {
            return []; // Held by the running system, and empty.
        }
    }

    private static async Task<List<string>> ListAsync(EmbeddedHost host, string database, string sql)
    {
        var folder = Path.Combine(host.Data, "postgres");
        var connectionString = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = int.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "port")), CultureInfo.InvariantCulture),
            Username = "airliner",
            Password = (await File.ReadAllTextAsync(Path.Combine(folder, "superuser-password"))).Trim(),
            Database = database,
            Pooling = false,
        }.ConnectionString;
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
            rows.Add(reader.GetString(0));
        return rows;
    }
}
