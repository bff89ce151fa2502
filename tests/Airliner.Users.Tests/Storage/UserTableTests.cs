using Airliner.Contracts;
using Airliner.Contracts.Records;
using Airliner.Contracts.Users;
using Airliner.Persistence.Postgres.Records;
using Airliner.Testing;
using Airliner.Users.Grains;
using Airliner.Users.Grains.Codes;
using Airliner.Users.Silo;
using Airliner.Users.Silo.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Xunit;

namespace Airliner.Users.Tests.Storage;

public sealed class UserTableTests(RunningSystem system) : IAsyncLifetime
{
    private static readonly DateTimeOffset _now = new(2025, 1, 2, 3, 4, 5, 678, 901, TimeSpan.Zero);

    private static readonly UserState _full = new()
    {
        CommandId = "command-1",
        LastCommandId = "command-0",
        Username = "Ada",
        Email = "Ada@example.com",
        EmailVerified = true,
        PasswordHash = "$argon2id$",
        FirstName = "Zoë 😀",
        LastName = "O'Hara",
        DateOfBirth = new DateOnly(1985, 12, 10),
        Roles = [Roles.User, Roles.Admin],
        Status = UserStatus.Disabled,
        CreatedAt = _now,
        UpdatedAt = _now.AddHours(1),
        PendingEmail = "new@example.com",
        FormerEmails = [new("old@example.com", _now)],
        Codes = new UserCodes
        {
            Verification = new() { Code = new("id-1", _now.AddDays(1), 3), MailedAt = [_now] },
            Reset = new() { MailedAt = [_now, _now.AddMinutes(1)] },
        },
    };

    private NpgsqlDataSource _database = null!;

    public async ValueTask InitializeAsync() => _database = await system.Postgres.CreateServiceDatabaseAsync(typeof(UsersModule).Assembly);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Every_column_is_read_as_it_was_inserted_and_as_it_was_updated()
    {
        await using var writer = Storage();
        await using var reader = Storage();
        var least = new UserState { CommandId = "command-2", Username = "b", Email = "b@example.com", CreatedAt = _now, UpdatedAt = _now };
        await writer.InsertNewAsync([new(1000, _full), new(1001, least)], TestContext.Current.CancellationToken);

        AssertSame(_full, (await ReadAsync(reader, 1000)).State!);
        var second = await ReadAsync(reader, 1001);
        AssertSame(least, second.State!);

        var changed = _full with { CommandId = "command-3", Username = "c", Email = "c@example.com" };
        second.State = changed;
        await reader.WriteStateAsync("user", Id(1001), second);
        AssertSame(changed, (await ReadAsync(writer, 1001)).State!);
    }

    [Fact]
    public async Task A_row_that_the_version_before_wrote_has_no_codes()
    {
        await using var storage = Storage();
        await using var insert = _database.CreateCommand("""
            insert into users (id, version, event_sequence, command_id, username, email, email_verified, password_hash, first_name, last_name, roles, status, created_at, updated_at)
            values (1000, 1, 1, 'command-1', 'Ada', 'ada@example.com', false, '$argon2id$', 'Ada', 'Byron', '["user"]', 'active', now(), now())
            """);
        await insert.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        var user = (await ReadAsync(storage, 1000)).State!;

        Assert.Null(user.PendingEmail);
        Assert.Empty(user.FormerEmails);
        Assert.Equivalent(new UserCodes(), user.Codes, strict: true);
    }

    [Fact]
    public async Task Addresses_that_a_user_had_go_when_no_mail_is_to_go_to_them_any_more()
    {
        await using var storage = Storage();
        var recently = _full with { CommandId = "command-2", Username = "b", Email = "b@example.com", FormerEmails = [new("older@example.com", _now), new("old@example.com", _now.AddHours(1))] };
        await storage.InsertNewAsync([new(1000, _full), new(1001, recently)], TestContext.Current.CancellationToken);
        using var sweep = new FormerEmailSweep(_database, new FakeTimeProvider(_now + FormerEmail.KeptFor + TimeSpan.FromMinutes(30)), NullLogger<FormerEmailSweep>.Instance);

        await sweep.SweepAsync(TestContext.Current.CancellationToken);

        Assert.Empty((await ReadAsync(storage, 1000)).State!.FormerEmails);
        Assert.Equal(2, (await ReadAsync(storage, 1001)).State!.FormerEmails.Length);
    }

    [Theory]
    [InlineData("ADA", "other@example.com", "command-2", "users_username_key")]
    [InlineData("other", "aDA@EXAMPLE.com", "command-2", "users_email_key")]
    [InlineData("other", "other@example.com", "command-1", "users_command_key")]
    public async Task What_is_unique_is_unique_without_regard_to_case(string username, string email, string command, string constraint)
    {
        await using var storage = Storage();
        await storage.InsertNewAsync([new(1000, _full)], TestContext.Current.CancellationToken);

        var taken = await Assert.ThrowsAsync<UniqueViolationException>(() => storage.WriteStateAsync(
            "user", Id(1001), new GrainState<UserState>(_full with { Username = username, Email = email, CommandId = command })));

        Assert.Equal(constraint, taken.Constraint);
    }

    private static void AssertSame(UserState expected, UserState actual)
    {
        Assert.Equal(expected.Roles.AsEnumerable(), actual.Roles);
        Assert.Equal(expected.FormerEmails.AsEnumerable(), actual.FormerEmails);
        Assert.Equivalent(expected.Codes, actual.Codes, strict: true);
        Assert.Equal(expected, actual with { Roles = expected.Roles, FormerEmails = expected.FormerEmails, Codes = expected.Codes });
    }

    private static GrainId Id(long id) => GrainId.Create(GrainType.Create("user"), GrainIdKeyExtensions.CreateIntegerKey(id));

    private static async Task<GrainState<UserState>> ReadAsync(RecordStorage<long, UserState> storage, long id)
    {
        var state = new GrainState<UserState>(new UserState());
        await storage.ReadStateAsync("user", Id(id), state);
        Assert.True(state.RecordExists);
        return state;
    }

    private RecordStorage<long, UserState> Storage()
    {
        var storage = new RecordStorage<long, UserState>(UserTable.Map, _database, new RecordingRelay(), new RecordOptions());
        storage.Start();
        return storage;
    }
}
