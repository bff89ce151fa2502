using System.Net;
using Airliner.Contracts.Events;
using Airliner.Contracts.Users;
using Airliner.Testing;
using Xunit;

namespace Airliner.Users.Tests.Codes;

public sealed class VerifyingEmailTests(RunningSystem system)
{
    private const string Confirm = "Confirm your e-mail address";
    private const string Told = "The e-mail address of your account was changed";

    [Theory]
    [InlineData("/api/v1/airliner")]
    [InlineData("/api/v1/eventstreammonitor")]
    public async Task Who_registers_is_mailed_a_code_that_verifies_the_address_once(string prefix)
    {
        var user = await system.NewUserAsync();
        Assert.False(await IsVerifiedAsync(user));
        var code = Mails.CodeOf(await system.MailAsync(user.Email, Confirm));

        using var first = await system.Users.SendAsync(HttpMethod.Post, $"{prefix}/users/{user.UserId}/verifyEmail", body: new { code = code.ToLowerInvariant().Replace('-', ' ') });
        Assert.Equal(HttpStatusCode.NoContent, first.StatusCode);
        Assert.True(await IsVerifiedAsync(user));

        using var second = await VerifyAsync(user.UserId, code);
        await second.InvalidAsync("code");
        var events = await system.ReadTopicAsync(Topics.UserRegistration, read => Updates(read, user).Any());
        Assert.Equal("[\"emailVerified\"]", Updates(events, user).First().Value.GetProperty("changed").GetRawText());
    }

    [Fact]
    public async Task A_code_of_somebody_else_or_of_nobody_is_refused_alike()
    {
        var user = await system.NewUserAsync();
        var other = await system.NewUserAsync();
        var code = await system.CodeAsync(other.UserId, CodePurpose.EmailVerification);

        using var wrong = await VerifyAsync(user.UserId, code);
        using var nobody = await VerifyAsync(999_999_999_999, code);

        await wrong.InvalidAsync("code");
        await nobody.InvalidAsync("code");
        Assert.False(await IsVerifiedAsync(user));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("7RWQV-0CC98-S06HA-NMZMA-YGC0VG\0")]
    public async Task A_body_without_a_usable_code_names_it(string? code)
    {
        var user = await system.NewUserAsync();

        using var answer = await VerifyAsync(user.UserId, code);

        await answer.InvalidAsync("code");
    }

    [Fact]
    public async Task A_new_address_needs_the_password_takes_effect_by_its_code_and_the_old_one_is_told()
    {
        var user = await system.NewUserAsync();
        var address = $"new-{user.Email}";

        using var without = await PatchAsync(user, new { email = address });
        await without.InvalidAsync("password");
        using var wrong = await PatchAsync(user, new { email = address, password = "wrong" });
        await wrong.InvalidAsync("password");
        using var asked = await PatchAsync(user, new { email = address, password = user.Password, firstName = "Augusta" });
        var view = (await asked.JsonAsync()).GetProperty("user");
        Assert.Equal((user.Email, "Augusta"), (view.GetProperty("email").GetString(), view.GetProperty("firstName").GetString()));

        using var verified = await VerifyAsync(user.UserId, Mails.CodeOf(await system.MailAsync(address, Confirm)));
        Assert.Equal(HttpStatusCode.NoContent, verified.StatusCode);
        await system.LogInAsync(address, user.Password);
        Assert.True(await IsVerifiedAsync(user));
        Assert.DoesNotContain(address, await system.MailAsync(user.Email, Told), StringComparison.Ordinal);
        var events = await system.ReadTopicAsync(Topics.UserRegistration, read => Updates(read, user).Any(IsOfEmail));
        Assert.Equal(address, Updates(events, user).First(IsOfEmail).Value.GetProperty("email").GetString());
    }

    [Fact]
    public async Task An_administrators_change_takes_effect_at_once_tells_the_old_address_and_verifies_the_new_one()
    {
        var user = await system.NewUserAsync();
        var address = $"new-{user.Email}";

        using var answer = await system.Users.SendAsync(HttpMethod.Patch, Path(user), await system.AdminTokenAsync(), new { email = address });

        Assert.Equal(address, (await answer.JsonAsync()).GetProperty("user").GetProperty("email").GetString());
        await system.MailAsync(user.Email, Told);
        using var verified = await VerifyAsync(user.UserId, Mails.CodeOf(await system.MailAsync(address, Confirm)));
        Assert.Equal(HttpStatusCode.NoContent, verified.StatusCode);
        Assert.True(await IsVerifiedAsync(user));
    }

    [Fact]
    public async Task Of_two_who_ask_for_the_same_address_the_first_to_verify_gets_it()
    {
        var one = await system.NewUserAsync();
        var two = await system.NewUserAsync();
        var address = $"new-{one.Email}";
        foreach (var user in new[] { one, two })
        {
            using var asked = await PatchAsync(user, new { email = address, password = user.Password });
            await asked.JsonAsync();
        }

        var codes = await Task.WhenAll(new[] { one, two }.Select(user => system.CodeAsync(user.UserId, CodePurpose.EmailVerification)));
        using var first = await VerifyAsync(one.UserId, codes[0]);
        using var second = await VerifyAsync(two.UserId, codes[1]);
        using var third = await PatchAsync(two, new { email = address, password = two.Password });

        Assert.Equal(HttpStatusCode.NoContent, first.StatusCode);
        await second.ProblemAsync(HttpStatusCode.Conflict, "CONFLICT");
        await third.ProblemAsync(HttpStatusCode.Conflict, "CONFLICT");
        await system.LogInAsync(two.Email, two.Password);
    }

    [Fact]
    public async Task The_present_address_alone_asks_for_its_mail_again_which_spends_the_code_before_and_five_times_an_hour()
    {
        var user = await system.NewUserAsync();
        var old = await system.CodeAsync(user.UserId, CodePurpose.EmailVerification);
        for (var i = 0; i < 4; i++)
        {
            using var asked = await PatchAsync(user, new { email = user.Email });
            await asked.JsonAsync();
        }

        using var late = await VerifyAsync(user.UserId, old);
        await late.InvalidAsync("code");
        using var many = await PatchAsync(user, new { email = user.Email });
        await many.ProblemAsync(HttpStatusCode.TooManyRequests, "RATE_LIMITED");
        Assert.Equal(["\"verification-mails\";q=5;w=3600"], many.Headers.GetValues("RateLimit-Policy"));

        using var verified = await VerifyAsync(user.UserId, await system.CodeAsync(user.UserId, CodePurpose.EmailVerification));
        Assert.Equal(HttpStatusCode.NoContent, verified.StatusCode);
        using var needless = await PatchAsync(user, new { email = user.Email });
        await needless.JsonAsync();
    }

    [Fact]
    public async Task Of_two_hundred_wrong_codes_at_once_exactly_five_are_counted_and_the_right_one_is_good_no_more()
    {
        var user = await system.NewUserAsync();
        var code = await system.CodeAsync(user.UserId, CodePurpose.EmailVerification);
        var before = await system.TriesAsync(user.UserId, "verification");

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => system.UserGrain(user.UserId).VerifyEmail(new UseCode($"try-{i}", $"{i}"))));

        Assert.All(outcomes, outcome => Assert.Equal(CodeOutcome.Refused, outcome));
        Assert.Equal((before.Version + 5, 0), await system.TriesAsync(user.UserId, "verification"));
        using var right = await VerifyAsync(user.UserId, code);
        await right.InvalidAsync("code");
    }

    [Fact]
    public async Task A_right_code_works_once_however_many_use_it_at_once()
    {
        var user = await system.NewUserAsync();
        var code = await system.CodeAsync(user.UserId, CodePurpose.EmailVerification);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => VerifyAsync(user.UserId, code)));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.NoContent);
        Assert.Equal(19, answers.Count(answer => answer.StatusCode == HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task A_repeat_of_a_use_that_was_accepted_is_told_that_it_was()
    {
        var user = await system.NewUserAsync();
        var use = new UseCode($"{Guid.NewGuid():n}", await system.CodeAsync(user.UserId, CodePurpose.EmailVerification));

        Assert.Equal(CodeOutcome.Accepted, await system.UserGrain(user.UserId).VerifyEmail(use));
        Assert.Equal(CodeOutcome.Accepted, await system.UserGrain(user.UserId).VerifyEmail(use));
    }

    private static string Path(Account user) => $"/api/v1/airliner/users/{user.UserId}";

    private static bool IsOfEmail(ReceivedEvent update) => update.Value.GetProperty("changed").EnumerateArray().Any(member => member.GetString() == "email");

    private static IEnumerable<ReceivedEvent> Updates(IEnumerable<ReceivedEvent> events, Account user) =>
        events.Where(e => e.Key == $"{user.UserId}" && e.Headers["ce_type"] == "user_updated");

    private Task<HttpResponseMessage> VerifyAsync(long userId, string? code) =>
        system.Users.SendAsync(HttpMethod.Post, $"/api/v1/airliner/users/{userId}/verifyEmail", body: new { code });

    private Task<HttpResponseMessage> PatchAsync(Account user, object body) => system.Users.SendAsync(HttpMethod.Patch, Path(user), user.AccessToken, body);

    private async Task<bool> IsVerifiedAsync(Account user)
    {
        using var answer = await system.Users.SendAsync(HttpMethod.Get, Path(user), user.AccessToken);
        return (await answer.JsonAsync()).GetProperty("user").GetProperty("emailVerified").GetBoolean();
    }
}
