using System.Net;
using System.Net.Http.Json;
using Airliner.Contracts.Events;
using Airliner.Contracts.Users;
using Airliner.Testing;
using Xunit;

namespace Airliner.Users.Tests.Codes;

public sealed class ResettingPasswordsTests(RunningSystem system)
{
    private const string New = "quite-another-horse";
    private const string Subject = "Set a new password";

    [Theory]
    [InlineData("/api/v1/airliner")]
    [InlineData("/api/v1/eventstreammonitor")]
    public async Task Who_reads_the_mail_sets_a_new_password_which_ends_all_sessions_and_verifies_the_address(string prefix)
    {
        var user = await system.NewUserAsync();

        using var forgotten = await system.Users.SendAsync(HttpMethod.Post, $"{prefix}/forgotPassword", body: new { email = user.Email.ToUpperInvariant() });
        Assert.Equal(HttpStatusCode.NoContent, forgotten.StatusCode);
        var code = Mails.CodeOf(await system.MailAsync(user.Email, Subject));
        using var reset = await system.Users.SendAsync(HttpMethod.Post, $"{prefix}/resetPassword", body: new { email = user.Email, code, newPassword = New });

        Assert.Equal(HttpStatusCode.NoContent, reset.StatusCode);
        await system.Users.EventuallyAsync(HttpMethod.Get, $"{prefix}/users/{user.UserId}", HttpStatusCode.Unauthorized, user.AccessToken);
        using var old = await system.Auth.SendAsync(HttpMethod.Post, $"{prefix}/login", body: new { username = user.Username, password = user.Password });
        Assert.Equal(HttpStatusCode.Unauthorized, old.StatusCode);
        var token = await system.LogInAsync(user.Username, New);
        using var read = await system.Users.SendAsync(HttpMethod.Get, $"{prefix}/users/{user.UserId}", token);
        Assert.True((await read.JsonAsync()).GetProperty("user").GetProperty("emailVerified").GetBoolean());
        await system.MailAsync(user.Email, "Your password was changed");

        using var again = await ResetAsync(user.Email, code, "yet-another-horse");
        await again.InvalidAsync("code");
    }

    [Theory]
    [InlineData("Password123")]
    [InlineData("{username}-1")]
    [InlineData("x{email}")]
    public async Task A_password_that_is_refused_leaves_the_code_good(string password)
    {
        var user = await system.NewUserAsync();
        var code = await RequestAsync(user);
        password = password.Replace("{username}", user.Username, StringComparison.Ordinal).Replace("{email}", user.Email, StringComparison.Ordinal);

        using var refused = await ResetAsync(user.Email, code, password);
        await refused.InvalidAsync("newPassword");
        using var taken = await ResetAsync(user.Email, code, New);

        Assert.Equal(HttpStatusCode.NoContent, taken.StatusCode);
    }

    [Theory]
    [InlineData(null, "code", New, "email")]
    [InlineData("no address", "code", New, "email")]
    [InlineData("a@example.com", null, New, "code")]
    [InlineData("a@example.com", "code", null, "newPassword")]
    [InlineData("a@example.com", "code", "short", "newPassword")]
    public async Task What_is_wrong_with_the_body_is_named(string? email, string? code, string? newPassword, string member)
    {
        using var answer = await ResetAsync(email, code, newPassword);

        await answer.InvalidAsync(member);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("ada")]
    [InlineData("Ada <ada@example.com>")]
    public async Task A_forgotten_password_needs_an_address(string? email)
    {
        using var answer = await system.Users.SendAsync(HttpMethod.Post, "/api/v1/airliner/forgotPassword", body: new { email });

        await answer.InvalidAsync("email");
    }

    [Fact]
    public async Task Nothing_tells_whether_an_address_has_an_account_or_what_is_wrong_with_a_code()
    {
        var user = await system.NewUserAsync();
        using var known = await system.Users.SendAsync(HttpMethod.Post, "/api/v1/airliner/forgotPassword", body: new { email = user.Email });
        using var unknown = await system.Users.SendAsync(HttpMethod.Post, "/api/v1/airliner/forgotPassword", body: new { email = $"no-{user.Email}" });
        Assert.Equal(await ShapeAsync(known), await ShapeAsync(unknown));

        var code = Mails.CodeOf(await system.MailAsync(user.Email, Subject));
        using var wrong = await ResetAsync(user.Email, "wrong", New);
        using var nobody = await ResetAsync($"no-{user.Email}", code, New);
        using var taken = await ResetAsync(user.Email, code, New);
        using var spent = await ResetAsync(user.Email, code, New);

        Assert.Equal(HttpStatusCode.NoContent, taken.StatusCode);
        var shape = await ShapeAsync(wrong);
        Assert.Equal(shape, await ShapeAsync(nobody));
        Assert.Equal(shape, await ShapeAsync(spent));
        await wrong.InvalidAsync("code");
    }

    [Fact]
    public async Task Of_many_requests_within_an_hour_three_are_mailed()
    {
        var user = await system.NewUserAsync();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => system.UserGrain(user.UserId).RequestPasswordReset()));

        Assert.Equal(3, await system.ValueAsync<int>($"select jsonb_array_length(codes -> 'reset' -> 'mailedAt') from users where id = {user.UserId}"));
        await RequestAsync(user);
        var events = await system.ReadTopicAsync(Topics.UserRegistration, read => Requests(read, user).Count() >= 3);
        Assert.Equal(["eventType", "userId", "codeId", "expiresAt", "timestamp"], Requests(events, user).First().Value.EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public async Task Of_two_hundred_wrong_codes_at_once_exactly_five_are_counted_and_the_right_one_is_good_no_more()
    {
        var user = await system.NewUserAsync();
        var code = await RequestAsync(user);
        var before = await system.TriesAsync(user.UserId, "reset");

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => ResetAsync(user.Email, $"{i}", New)));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode));
        Assert.Equal((before.Version + 5, 0), await system.TriesAsync(user.UserId, "reset"));
        using var right = await ResetAsync(user.Email, code, New);
        await right.InvalidAsync("code");
        await system.LogInAsync(user.Username, user.Password);
    }

    [Fact]
    public async Task A_right_code_works_once_however_many_use_it_at_once()
    {
        var user = await system.NewUserAsync();
        var code = await RequestAsync(user);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => ResetAsync(user.Email, code, $"{New}-{i}")));

        Assert.Equal(7, answers.Count(answer => answer.StatusCode == HttpStatusCode.BadRequest));
        var taken = Array.FindIndex(answers, answer => answer.StatusCode == HttpStatusCode.NoContent);
        await system.LogInAsync(user.Username, $"{New}-{taken}");
    }

    [Fact]
    public async Task A_code_that_went_to_the_address_before_does_not_open_the_account()
    {
        var user = await system.NewUserAsync();
        var code = await RequestAsync(user);
        var address = $"new-{user.Email}";
        using var changed = await system.Users.SendAsync(
            HttpMethod.Patch, $"/api/v1/airliner/users/{user.UserId}", await system.AdminTokenAsync(), new { email = address });
        await changed.JsonAsync();

        using var answer = await ResetAsync(address, code, New);

        await answer.InvalidAsync("code");
    }

    [Fact]
    public async Task No_code_is_in_a_log_an_event_or_a_row()
    {
        using var recorder = new LogRecorder();
        var user = await system.NewUserAsync();
        using var forgotten = await system.Users.SendAsync(HttpMethod.Post, "/api/v1/airliner/forgotPassword", body: new { email = user.Email });
        string[] codes =
        [
            Mails.CodeOf(await system.MailAsync(user.Email, "Confirm your e-mail address")),
            Mails.CodeOf(await system.MailAsync(user.Email, Subject)),
        ];
        using var verified = await system.Users.SendAsync(HttpMethod.Post, $"/api/v1/airliner/users/{user.UserId}/verifyEmail", body: new { code = codes[0] });
        using var reset = await ResetAsync(user.Email, codes[1], New);
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (verified.StatusCode, reset.StatusCode));

        var events = await system.ReadTopicAsync(Topics.UserRegistration, read => read.Any(e => e.Key == $"{user.UserId}" && e.Headers["ce_type"] == "user_password_changed"));
        var notifications = await system.Notifications.SendAsync(
            HttpMethod.Get, $"/api/v1/airliner/notifications?userId={user.UserId}", await system.AdminTokenAsync());
        string[] texts =
        [
            .. recorder.Lines,
            .. events.Select(e => $"{e.Value}"),
            (await notifications.JsonAsync()).ToString(),
            await system.ValueAsync<string>($"select users::text from users where id = {user.UserId}"),
        ];
        Assert.Contains(texts, text => text.Contains(user.Email, StringComparison.Ordinal));
        Assert.All(codes.Concat(codes.Select(code => code.Replace("-", "", StringComparison.Ordinal))), code =>
            Assert.DoesNotContain(texts, text => text.Contains(code, StringComparison.OrdinalIgnoreCase)));
    }

    [Theory]
    [InlineData("forgotPassword", 10, "forgotten-passwords", "192.0.2.61")]
    [InlineData("resetPassword", 60, "codes", "192.0.2.62")]
    [InlineData("users/1/verifyEmail", 60, "codes", "192.0.2.63")]
    public async Task An_address_that_asks_too_often_is_told_to_wait(string route, int permits, string policy, string address)
    {
        var body = new { email = $"{Guid.NewGuid():n}@example.com", code = "code", newPassword = New };
        var answers = await Task.WhenAll(Enumerable.Range(0, permits + 5).Select(_ => FromAsync(address, route, body)));

        Assert.Equal(5, answers.Count(answer => answer.StatusCode == HttpStatusCode.TooManyRequests));
        var refused = answers.First(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        await refused.ProblemAsync(HttpStatusCode.TooManyRequests, "RATE_LIMITED");
        Assert.Equal([$"\"{policy}\";q={permits};w=3600"], refused.Headers.GetValues("RateLimit-Policy"));
    }

    private static IEnumerable<ReceivedEvent> Requests(IEnumerable<ReceivedEvent> events, Account user) =>
        events.Where(e => e.Key == $"{user.UserId}" && e.Headers["ce_type"] == "user_password_reset_requested").DistinctBy(e => e.Headers["ce_id"]);

    /// <summary>All of an answer that is not of this one request: status, headers and body.</summary>
    private static async Task<string> ShapeAsync(HttpResponseMessage answer)
    {
        var headers = answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key != "Date").Select(header => $"{header.Key}: {string.Join(',', header.Value)}");
        var body = await answer.Content.ReadAsStringAsync();
        return $"{answer.StatusCode}\n{string.Join('\n', headers)}\n{System.Text.RegularExpressions.Regex.Replace(body, "[0-9a-f]{32}", "id")}";
    }

    private async Task<string> RequestAsync(Account user)
    {
        await system.UserGrain(user.UserId).RequestPasswordReset();
        return await system.CodeAsync(user.UserId, CodePurpose.PasswordReset);
    }

    private Task<HttpResponseMessage> ResetAsync(string? email, string? code, string? newPassword) =>
        system.Users.SendAsync(HttpMethod.Post, "/api/v1/airliner/resetPassword", body: new { email, code, newPassword });

    private async Task<HttpResponseMessage> FromAsync(string address, string route, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/airliner/{route}") { Content = JsonContent.Create(body, body.GetType()) };
        request.Headers.Add("X-Forwarded-For", address);
        return await system.Users.Http.SendAsync(request);
    }
}
