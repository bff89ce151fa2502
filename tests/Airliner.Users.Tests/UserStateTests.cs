using System.Text.Json;
using Airliner.Contracts;
using Airliner.Contracts.Users;
using Airliner.Users.Grains;
using Xunit;

namespace Airliner.Users.Tests;

public sealed class UserStateTests
{
    private static readonly DateTimeOffset _now = new(2025, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly CreateUser _command = new(
        "command-1", "Ada", "ada@example.com", "$argon2id$secret-hash", "Ada", "Byron", new DateOnly(1985, 12, 10), [Roles.User]);

    [Fact]
    public void Registering_makes_an_active_user_with_what_the_command_says()
    {
        var view = UserState.Registered(1000, _command, _now).View(1000);

        Assert.Equivalent(
            new UserView(1000, "Ada", "ada@example.com", false, "Ada", "Byron", new DateOnly(1985, 12, 10), [Roles.User], UserStatus.Active, _now, _now), view, strict: true);
    }

    [Fact]
    public void Registering_raises_one_event_that_is_flat_and_holds_no_secret()
    {
        var raised = Assert.Single(UserState.Registered(1000, _command, _now).Raised);

        Assert.Equal(("user_registered", "user-registration-events", "1000"), (raised.EventType, raised.Topic, raised.Key));
        Assert.Equal(
            """{"eventType":"user_registered","userId":1000,"username":"Ada","email":"ada@example.com","firstName":"Ada","lastName":"Byron","timestamp":"2025-01-02T03:04:05.000000Z"}""",
            JsonSerializer.Serialize(raised, raised.GetType(), AirlinerJson.Options));
    }

    [Fact]
    public void A_change_is_later_than_the_last_one_even_when_the_clock_went_back()
    {
        var first = UserState.Registered(1000, _command, _now);

        var second = first.WithStatus(1000, new SetUserStatus("c", UserStatus.Disabled), _now.AddHours(-1));
        var third = second.WithPassword(1000, new SetPasswordHash("d", "$argon2id$", null), _now.AddHours(1));

        Assert.Equal((_now.AddMicroseconds(1), _now.AddHours(1)), (second.UpdatedAt, third.UpdatedAt));
        Assert.Equal(3, new[] { first, second, third }.Select(state => state.View(1000).ETag).Distinct().Count());
    }

    [Fact]
    public void An_update_says_which_members_changed()
    {
        var user = UserState.Registered(1000, _command, _now) with { Raised = [], EmailVerified = true };
        var command = new UpdateUser("c", new Caller(1, "airliner", [Roles.Admin]), LastName: "King", Email: "ada@example.org", SetsDateOfBirth: true);

        var next = user.Updated(1000, command, "code-1", _now.AddHours(1));

        var raised = Assert.IsType<UserUpdated>(next.Raised[0]);
        Assert.Equal(["lastName", "email", "emailVerified", "dateOfBirth"], raised.Changed);
        Assert.Equal(("King", "ada@example.org", false), (next.LastName, next.Email, next.EmailVerified));
        Assert.Null(next.DateOfBirth);
        Assert.Same(user, user.Updated(1000, command with { LastName = null, Email = "ada@example.com", SetsDateOfBirth = false }, "code-1", _now));
        Assert.Same(user, user.WithRoles(1000, new SetUserRoles("c", []), _now));
    }

    [Fact]
    public void What_carries_a_secret_does_not_show_it()
    {
        object[] carriers =
        [
            new RegisterUser("c", "Ada", "ada@example.com", "secret", "Ada", "Byron", null, []),
            _command with { PasswordHash = "secret" },
            new UserCredential("Ada", "secret", UserStatus.Active, []),
            new ChangePassword("c", "secret", "secret", "127.0.0.1"),
            new SetPasswordHash("c", "secret", "secret"),
            new RehashPassword("secret", "secret"),
            new CredentialQuery(null, "Ada", "secret", "127.0.0.1"),
            new UpdateUser("c", new Caller(1, "airliner", []), CheckedHash: "secret"),
            new ChangeEmail(new UpdateUser("c", new Caller(1, "airliner", []), CheckedHash: "secret"), "secret", "127.0.0.1"),
            new CodeMail("secret", "ada@example.com", _now),
            new UseCode("c", "secret"),
            new ResetPassword("c", "ada@example.com", "secret", "secret"),
            new ResetPasswordHash(new UseCode("c", "secret"), "secret"),
            UserState.Registered(1000, _command with { PasswordHash = "secret" }, _now),
        ];

        Assert.All(carriers, carrier => Assert.DoesNotContain("secret", carrier.ToString(), StringComparison.Ordinal));
    }
}
