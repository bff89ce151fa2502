using System.Text;
using Airliner.Contracts.Events;
using Airliner.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Airliner.Gateways.Tests.Secrets;

/// <summary>
/// After every route that takes or answers a secret was used, none is in anything that the system wrote: logs of every level, spans, metrics, events, tables, files,
/// mails, refusals.
/// </summary>
public sealed class SecretLeakTests(RunningSystem system)
{
    /// <summary>The columns in which secrets are, as hashes. Tokens and client secrets are hashed so that nothing here finds them.</summary>
    private static readonly string[] _allowed = ["users.users.password_hash: a password's hash"];

    private static readonly string[] _services = ["users", "auth", "tasks", "notifications"];

    [Fact]
    public async Task No_secret_is_in_anything_that_the_system_writes()
    {
        var run = new SecretRun(system);
        using var logs = new LogRecorder();
        using var spans = new ActivityRecorder();
        await run.RunAsync();
        var events = await EventsAsync(run.UserId);
        var rows = await RowsAsync().ToListAsync(TestContext.Current.CancellationToken);

        (string Where, IEnumerable<string> Texts)[] written =
        [
            ("log", logs.Lines), ("span", spans.Spans), ("refusal", run.Refusals), ("event", events), ("metrics", await MetricsAsync()), ("file", await FilesAsync()),
        ];
        Assert.All(written, kind => Assert.True(kind.Texts.Any(), $"There is no {kind.Where}: nothing was looked at."));
        Assert.NotEmpty(rows);
        Assert.Equal([], written.SelectMany(kind => kind.Texts.SelectMany(text => run.Secrets.In(text).Select(secret => $"{kind.Where}: {secret}: {text}"))));
        var kept = rows.SelectMany(row => run.Secrets.In(row.Text).Select(secret => $"{row.Column}: {secret}")).Distinct();
        Assert.Equal(_allowed, kept);
    }

    /// <summary>What consumers get, as text: keys, headers and values of every topic, at least as far as the run's own last events.</summary>
    private async Task<IReadOnlyList<string>> EventsAsync(long userId)
    {
        var topics = await Task.WhenAll(
            ReadAsync(Topics.UserRegistration, "user_password_changed"), ReadAsync(Topics.Auth, "refresh_token_reused"), ReadAsync(Topics.Notifications, "notification_sent"));
        return [.. topics.SelectMany(events => events).Select(e => $"{e.Key} {e.Value} {string.Join(' ', e.Headers)}")];

        Task<IReadOnlyList<ReceivedEvent>> ReadAsync(string topic, string last) => system.ReadTopicAsync(
            topic, seen => seen.Any(e => e.Key == $"{userId}" && e.Value.GetProperty("eventType").GetString() == last));
    }

    /// <summary>Every value of every column of every table of the four services.</summary>
    private async IAsyncEnumerable<(string Column, string Text)> RowsAsync()
    {
        foreach (var service in _services)
        {
            var database = system.Silo.GetRequiredKeyedService<NpgsqlDataSource>(service);
            var columns = await ReadAsync(
                database, "select table_name || '.' || column_name from information_schema.columns where table_schema = 'public' order by 1");
            Assert.NotEmpty(columns);
            foreach (var column in columns)
            {
                var (table, name) = (column.Split('.')[0], column.Split('.')[1]);
                foreach (var text in await ReadAsync(database, $"select \"{name}\"::text from \"{table}\" where \"{name}\" is not null"))
                    yield return ($"{service}.{column}", text);
            }
        }
    }

    private static async Task<IReadOnlyList<string>> ReadAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var texts = new List<string>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            texts.Add(reader.GetString(0));
        return texts;
    }

    private async Task<IReadOnlyList<string>> MetricsAsync() => await Task.WhenAll(
        system.Gateways.Select(gateway => gateway.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken)));

    /// <summary>The data folder, mails included. Latin-1 gives each byte a character, whatever the file holds.</summary>
    private async Task<IReadOnlyList<string>> FilesAsync() => await Task.WhenAll(
        Directory.EnumerateFiles(system.DataFolder, "*", SearchOption.AllDirectories)
            // The running system holds it, and writes nothing into it.
            .Where(file => Path.GetFileName(file) != "lock")
            .Select(ReadFileAsync));

    private static async Task<string> ReadFileAsync(string file)
    {
        try
        {
            return await File.ReadAllTextAsync(file, Encoding.Latin1, TestContext.Current.CancellationToken);
        }
        catch (FileNotFoundException)
        {
            return ""; // Another test's, moved or erased since it was listed.
        }
    }
}
