using Npgsql;
using Xunit;
using static Airliner.Embedded.Tests.Query;

namespace Airliner.Embedded.Tests;

public sealed class RunningServerTests(RunningServer fixture) : IClassFixture<RunningServer>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_answers_on_loopback_with_a_password_and_never_runs_as_root()
    {
        Assert.Equal("airliner", await ScalarAsync(fixture.Server.ConnectionString("postgres"), "select current_user::text"));
        Assert.Equal("127.0.0.1", await ScalarAsync(fixture.Server.ConnectionString("postgres"), "show listen_addresses"));
        Assert.Equal("on", await ScalarAsync(fixture.Server.ConnectionString("postgres"), "show fsync"));
        var withoutIt = new NpgsqlConnectionStringBuilder(fixture.Server.ConnectionString("postgres")) { Password = "guess" };
        var refused = await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync(withoutIt.ConnectionString, "select 1"));
        Assert.Equal(PostgresErrorCodes.InvalidPassword, refused.SqlState);
        var owner = (await File.ReadAllLinesAsync($"/proc/{fixture.Server.ProcessId}/status", Cancelled)).Single(line => line.StartsWith("Uid:", StringComparison.Ordinal));
        Assert.NotEqual("0", owner.Split('\t')[1]);
    }

    [Fact]
    public async Task Only_the_owner_can_read_the_password_file()
    {
        var mode = File.GetUnixFileMode(Path.Combine(fixture.Folder, "superuser-password"));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, mode);
    }

    [Fact]
    public async Task A_data_folder_serves_one_process_at_a_time()
    {
        var error = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { DataFolder = fixture.Folder }, cancellationToken: Cancelled));

        Assert.Contains("in use by another running process", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_has_exactly_the_name_it_was_given_and_is_made_once()
    {
        var mixed = await fixture.Server.CreateDatabaseAsync("Mixed \"Case\"", Cancelled);
        await fixture.Server.CreateDatabaseAsync("Mixed \"Case\"", Cancelled);

        Assert.Equal("Mixed \"Case\"", await ScalarAsync(mixed, "select current_database()::text"));
    }
}
