using Airliner.Contracts;
using Airliner.Contracts.Users;
using Airliner.Users.Grains;
using Xunit;

namespace Airliner.Users.Tests.Codes;

public sealed class UserStateCodesTests
{
    private const long Id = 1000;
    private static readonly DateTimeOffset _now = new(2025, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly Caller _self = new(Id, "airliner", [Roles.User]);
    private static readonly Caller _admin = new(1, "airliner", [Roles.Admin]);

    private static readonly UserState _user = new()
    {
        Username = "ada",
        Email = "ada@example.com",
        EmailVerified = true,
        PasswordHash = "$argon2id$",
        Roles = [Roles.User],
        CreatedAt = _now.AddDays(-1),
        UpdatedAt = _now.AddDays(-1),
    };

    [Fact]
    public void A_new_code_takes_the_place_of_the_one_before_and_has_all_its_tries()
    {
        var first = _user.ResetRequested(Id, "a", _now).CodeMissed(CodePurpose.PasswordReset);

        var second = first.ResetRequested(Id, "b", _now.AddMinutes(1));

        Assert.Equal(("a", 4), (first.Codes.Reset.Code!.CodeId, first.Codes.Reset.Code.TriesLeft));
        Assert.Equal(("b", 5, _now.AddMinutes(31)), (second.Codes.Reset.Code!.CodeId, second.Codes.Reset.Code.TriesLeft, second.Codes.Reset.Code.ExpiresAt));
        Assert.Equal(["user_password_reset_requested", "user_password_reset_requested"], second.Raised.Select(raised => raised.EventType));
    }

    [Fact]
    public void A_code_is_good_until_its_time_and_its_fifth_wrong_try()
    {
        var user = _user.VerificationRequested(Id, "a", _now);

        Assert.True(user.Codes.Verification.IsGood(_now.AddHours(24).AddTicks(-1)));
        Assert.False(user.Codes.Verification.IsGood(_now.AddHours(24)));
        for (var i = 0; i < 4; i++)
            user = user.CodeMissed(CodePurpose.EmailVerification);
        Assert.True(user.Codes.Verification.IsGood(_now));
        Assert.False(user.CodeMissed(CodePurpose.EmailVerification).Codes.Verification.IsGood(_now));
    }

    [Fact]
    public void Three_resets_are_mailed_within_an_hour_and_then_one_when_the_first_is_an_hour_old()
    {
        var user = _user.ResetRequested(Id, "a", _now).ResetRequested(Id, "b", _now.AddMinutes(10)).ResetRequested(Id, "c", _now.AddMinutes(20));

        Assert.Same(user, user.ResetRequested(Id, "d", _now.AddMinutes(59)));
        var later = user.ResetRequested(Id, "d", _now.AddMinutes(60));
        Assert.Equal("d", later.Codes.Reset.Code!.CodeId);
        Assert.Same(later, later.ResetRequested(Id, "e", _now.AddMinutes(61)));
    }

    [Fact]
    public void Who_is_disabled_is_mailed_no_reset()
    {
        var user = _user with { Status = UserStatus.Disabled };

        Assert.Same(user, user.ResetRequested(Id, "a", _now));
    }

    [Fact]
    public void A_users_own_new_address_waits_for_its_code_while_the_rest_is_changed()
    {
        var next = _user.Updated(Id, new UpdateUser("c", _self, FirstName: "Ada", Email: "new@example.com"), "a", _now);

        Assert.Equal(("ada@example.com", true, "new@example.com", "Ada", "c"), (next.Email, next.EmailVerified, next.PendingEmail, next.FirstName, next.LastCommandId));
        Assert.Equal(["firstName"], Assert.IsType<UserUpdated>(next.Raised[0]).Changed);
        Assert.Equal("a", Assert.IsType<UserEmailVerificationRequested>(next.Raised[1]).CodeId);
        Assert.Equal("new@example.com", next.AddressOf(CodePurpose.EmailVerification));
    }

    [Fact]
    public void An_address_that_is_confirmed_replaces_the_one_before_which_is_remembered_by_the_changes_time()
    {
        var asked = _user.Updated(Id, new UpdateUser("c", _self, Email: "new@example.com"), "a", _now) with { Raised = [] };

        var next = asked.ResetRequested(Id, "r", _now).WithEmailVerified(Id, "d", _now.AddHours(1));

        Assert.Equal(("new@example.com", true, null), (next.Email, next.EmailVerified, next.PendingEmail));
        Assert.Equal(["email"], Assert.IsType<UserUpdated>(next.Raised[^1]).Changed);
        var former = Assert.Single(next.FormerEmails);
        Assert.Equal(("ada@example.com", next.UpdatedAt, next.Raised[^1].Timestamp), (former.Address, former.ReplacedAt, former.ReplacedAt));
        Assert.Null(next.Codes.Verification.Code);
        Assert.Null(next.Codes.Reset.Code);
        Assert.Equal(_now.AddHours(1), next.UpdatedAt);
    }

    [Fact]
    public void Addresses_of_long_ago_are_forgotten()
    {
        var user = _user with { EmailVerified = false };
        for (var i = 0; i < 30; i++)
            user = user.Updated(Id, new UpdateUser($"c{i}", _admin, Email: $"{i}@example.com"), $"a{i}", _now.AddMinutes(i)) with { Raised = [] };

        Assert.Equal(20, user.FormerEmails.Length);
        Assert.Equal("28@example.com", user.FormerEmails[^1].Address);
        user = user.Updated(Id, new UpdateUser("last", _admin, Email: "last@example.com"), "last", _now.AddDays(8));
        Assert.Equal("29@example.com", Assert.Single(user.FormerEmails).Address);
    }

    [Fact]
    public void An_administrators_change_is_made_at_once_and_is_to_be_verified()
    {
        var waiting = _user.Updated(Id, new UpdateUser("c", _self, Email: "new@example.com"), "a", _now);

        var next = waiting.Updated(Id, new UpdateUser("d", _admin, Email: "other@example.com"), "b", _now.AddHours(1));

        Assert.Equal(("other@example.com", false, null), (next.Email, next.EmailVerified, next.PendingEmail));
        Assert.Equal("b", next.Codes.Verification.Code!.CodeId);
        Assert.Equal("ada@example.com", Assert.Single(next.FormerEmails).Address);
    }

    [Fact]
    public void The_address_that_one_has_asks_for_the_mail_again_or_takes_a_change_back_but_only_when_it_stands_alone()
    {
        var same = new UpdateUser("d", _self, Email: "ada@example.com");
        var waiting = _user.Updated(Id, new UpdateUser("c", _self, Email: "new@example.com"), "a", _now);
        var unverified = _user with { EmailVerified = false };

        var takenBack = waiting.Updated(Id, same, "b", _now);
        Assert.Null(takenBack.PendingEmail);
        Assert.Null(takenBack.Codes.Verification.Code);
        Assert.Same(_user, _user.Updated(Id, same, "b", _now));
        Assert.Equal("b", unverified.Updated(Id, same, "b", _now).Codes.Verification.Code!.CodeId);

        var withMore = same with { FirstName = "Augusta" };
        Assert.Equal("new@example.com", waiting.Updated(Id, withMore, "b", _now).PendingEmail);
        Assert.Null(unverified.Updated(Id, withMore, "b", _now).Codes.Verification.Code);
    }

    [Fact]
    public void A_new_password_takes_back_what_whoever_knew_the_old_one_asked_for()
    {
        var user = _user.Updated(Id, new UpdateUser("c", _self, Email: "new@example.com"), "a", _now).ResetRequested(Id, "r", _now);

        var next = user.WithPassword(Id, new SetPasswordHash("d", "$argon2id$2", null), _now);

        Assert.Null(next.PendingEmail);
        Assert.Null(next.Codes.Verification.Code);
        Assert.Null(next.Codes.Reset.Code);
    }

    [Fact]
    public void A_reset_shows_that_the_address_is_the_users()
    {
        var user = (_user with { EmailVerified = false }).VerificationRequested(Id, "a", _now).ResetRequested(Id, "r", _now) with { Raised = [] };

        var next = user.WithPasswordReset(Id, new SetPasswordHash("c", "$argon2id$2", null), _now);

        Assert.True(next.EmailVerified);
        Assert.Equal("$argon2id$2", next.PasswordHash);
        Assert.Equal(["user_updated", "user_password_changed"], next.Raised.Select(raised => raised.EventType));
        Assert.Null(next.Codes.Verification.Code);
        Assert.Null(next.Codes.Reset.Code);
    }
}
