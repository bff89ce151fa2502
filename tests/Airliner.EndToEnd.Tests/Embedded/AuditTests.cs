using Airliner.EndToEnd.Tests.Processes;
using Npgsql;

namespace Airliner.EndToEnd.Tests.Embedded;

/// <summary><c>airliner audit verify</c> beside the running system.</summary>
public sealed class AuditTests(EmbeddedHost host) : EmbeddedTest(host)
{
    [Fact]
    public async Task Logs_are_whole_until_somebody_takes_a_row_away()
    {
        await Host.UpAsync();
        await Client.RegisterAsync();
        var heads = Path.Combine(Host.Data, "audit-heads");

        await using (var whole = Verify("--heads", heads))
        {
            Assert.True(await whole.ExitAsync(Patience) == 0, whole.Output);
            Assert.Matches(@"(?m)^users: \d+ rows in \d+ chains: whole$", whole.Output.ReplaceLineEndings("\n"));
            Assert.Matches(@"(?m)^auth: \d+ rows in \d+ chains: whole$", whole.Output.ReplaceLineEndings("\n"));
        }

        await using (var again = Verify("--heads", heads))
            Assert.True(await again.ExitAsync(Patience) == 0, again.Output);

        await TamperAsync("create table taken as select * from audit where id = (select min(id) from audit); delete from audit where id in (select id from taken)");
        try
        {
            await using var found = Verify();
            Assert.Equal(1, await found.ExitAsync(Patience));
            Assert.Matches(@"(?m)^users: chain \d+, written by \S+: row 1 is missing$", found.Output.ReplaceLineEndings("\n"));
            Assert.Contains("auth: ", found.Output, StringComparison.Ordinal);
        }
        finally
        {
            await TamperAsync("insert into audit overriding system value select * from taken; drop table taken");
        }
    }

    [Fact]
    public async Task Without_a_database_it_says_how_to_name_one()
    {
        var nothing = Path.Combine(Path.GetTempPath(), $"airliner-none-{Guid.NewGuid():n}");

        await using var verify = SystemProcess.Start(Programs.Host, ["audit", "verify", "--data", nothing], new Dictionary<string, string>(), "audit");

        Assert.Equal(1, await verify.ExitAsync(Patience));
        Assert.Contains("--postgres", verify.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(nothing));
    }

    private SystemProcess Verify(params string[] options) =>
        SystemProcess.Start(Programs.Host, ["audit", "verify", "--data", Host.Data, .. options], new Dictionary<string, string>(), "audit");

    private async Task TamperAsync(string sql)
    {
        var postgres = Path.Combine(Host.Data, "postgres");
        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = int.Parse(await File.ReadAllTextAsync(Path.Combine(postgres, "port")), System.Globalization.CultureInfo.InvariantCulture),
            Username = "airliner",
            Password = (await File.ReadAllTextAsync(Path.Combine(postgres, "superuser-password"))).Trim(),
            Database = "REGISTRATIONS",
            Pooling = false,
        };
        await using var database = NpgsqlDataSource.Create(connection);
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
