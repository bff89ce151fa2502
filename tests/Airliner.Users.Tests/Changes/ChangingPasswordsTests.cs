using System.Net;
using Airliner.Contracts.Events;
using Airliner.Contracts.Users;
using Airliner.Testing;
using Microsoft.Extensions.DependencyInjection;
using NSec.Cryptography;
using Xunit;

namespace Airliner.Users.Tests.Changes;

public sealed class ChangingPasswordsTests(RunningSystem system)
{
    private const string New = "quite-another-horse";

    [Theory]
    [InlineData("/api/v1/airliner")]
    [InlineData("/api/v1/eventstreammonitor")]
    public async Task Who_knows_the_old_password_gets_a_new_one_and_one_event_tells(string prefix)
    {
        var user = await system.NewUserAsync();

        using var answer = await system.Users.SendAsync(
            HttpMethod.Put, $"{prefix}/users/{user.UserId}/password", user.AccessToken, new { oldPassword = user.Password, newPassword = New });

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        await system.LogInAsync(user.Username, New);
        using var old = await LogInAsync(user, user.Password);
        Assert.Equal(HttpStatusCode.Unauthorized, old.StatusCode);
        var events = await system.ReadTopicAsync(Topics.UserRegistration, read => read.Any(e => IsChange(e, user)));
        Assert.Equal(["eventType", "userId", "timestamp"], events.First(e => IsChange(e, user)).Value.EnumerateObject().Select(member => member.Name));
    }

    [Theory]
    [InlineData("wrong old one", New, "oldPassword")]
    [InlineData(null, New, "oldPassword")]
    [InlineData("", New, "oldPassword")]
    [InlineData("{password}", null, "newPassword")]
    [InlineData("{password}", "short", "newPassword")]
    [InlineData("{password}", "Password123", "newPassword")]
    [InlineData("{password}", "{username}-1", "newPassword")]
    [InlineData("{password}", "x{email}", "newPassword")]
    public async Task What_is_wrong_is_named_and_the_password_stays(string? old, string? next, string member)
    {
        var user = await system.NewUserAsync();

        using var answer = await system.Users.SendAsync(
            HttpMethod.Put, Path(user), user.AccessToken, new { oldPassword = Filled(old, user), newPassword = Filled(next, user) });

        await answer.InvalidAsync(member);
        await system.LogInAsync(user.Username, user.Password);
    }

    [Fact]
    public async Task An_administrator_needs_no_old_password_of_another_but_their_own()
    {
        var user = await system.NewUserAsync();
        var admin = await system.AdminTokenAsync();

        using var answer = await system.Users.SendAsync(HttpMethod.Put, Path(user), admin, new { newPassword = New });
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        await system.LogInAsync(user.Username, New);

        var adminId = await system.Silo.GetRequiredService<Grains.IUserIndex>().FindAsync(system.AdminUsername);
        using var own = await system.Users.SendAsync(HttpMethod.Put, $"/api/v1/airliner/users/{adminId}/password", admin, new { newPassword = New });
        await own.InvalidAsync("oldPassword");
    }

    [Fact]
    public async Task Of_four_who_know_the_old_password_at_once_one_changes_it()
    {
        var user = await system.NewUserAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => system.Users.SendAsync(
            HttpMethod.Put, Path(user), user.AccessToken, new { oldPassword = user.Password, newPassword = $"{New}-{i}" })));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.NoContent);
        // To the others the old password was wrong by then, or their session had ended.
        HttpStatusCode[] refusals = [HttpStatusCode.BadRequest, HttpStatusCode.Unauthorized];
        Assert.Equal(3, answers.Count(answer => refusals.Contains(answer.StatusCode)));
        var changed = Array.FindIndex(answers, answer => answer.StatusCode == HttpStatusCode.NoContent);
        await system.LogInAsync(user.Username, $"{New}-{changed}");
    }

    [Fact]
    public async Task A_repeat_of_a_change_that_was_made_is_told_that_it_was()
    {
        var user = await system.NewUserAsync();
        var access = system.Silo.GetRequiredService<IGrainFactory>().GetGrain<IUserAccessGrain>(0);
        var command = new ChangePassword($"{Guid.NewGuid():n}", user.Password, New, "127.0.0.1");

        var first = await access.ChangePassword(user.UserId, command);
        var repeat = await access.ChangePassword(user.UserId, command);

        Assert.Equal((UserChangeOutcome.Changed, UserChangeOutcome.Changed), (first.Outcome, repeat.Outcome));
        Assert.Equal(first.User!.UpdatedAt, repeat.User!.UpdatedAt);
    }

    [Fact]
    public async Task A_weaker_hash_is_made_anew_at_login_and_also_when_the_password_is_changed()
    {
        var grains = system.Silo.GetRequiredService<IGrainFactory>();
        var user = await WithWeakHashAsync(grains, 999_999_001);
        var before = await user.Get();
        var query = new CredentialQuery(user.GetPrimaryKeyLong(), null, "correct horse", "127.0.0.1");

        var checks = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => grains.GetGrain<ICredentialsGrain>(0).Validate(query)));

        Assert.All(checks, check => Assert.Equal(CredentialOutcome.Valid, check.Outcome));
        Assert.StartsWith("$argon2id$v=19$m=19456,t=2,p=1$", (await user.GetCredential())!.PasswordHash, StringComparison.Ordinal);
        Assert.Equivalent(before, await user.Get(), strict: true);
        Assert.Equal(CredentialOutcome.Valid, (await grains.GetGrain<ICredentialsGrain>(0).Validate(query)).Outcome);

        var second = await WithWeakHashAsync(grains, 999_999_002);
        var changed = await grains.GetGrain<IUserAccessGrain>(0).ChangePassword(
            second.GetPrimaryKeyLong(), new ChangePassword($"{Guid.NewGuid():n}", "correct horse", New, "127.0.0.1"));
        Assert.Equal(UserChangeOutcome.Changed, changed.Outcome);
    }

    /// <summary>A user whose hash is of the days when 8 MiB were enough.</summary>
    private static async Task<IUserGrain> WithWeakHashAsync(IGrainFactory grains, long userId)
    {
        var parameters = new Argon2Parameters { DegreeOfParallelism = 1, MemorySize = 8 * 1024, NumberOfPasses = 2 };
        byte[] salt = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
        var derived = PasswordBasedKeyDerivationAlgorithm.Argon2id(parameters).DeriveBytes("correct horse", salt, 32);
        var hash = $"$argon2id$v=19$m=8192,t=2,p=1${Convert.ToBase64String(salt).TrimEnd('=')}${Convert.ToBase64String(derived).TrimEnd('=')}";
        var name = $"weak-{Guid.NewGuid():n}"[..20];
        var user = grains.GetGrain<IUserGrain>(userId);
        await user.Create(new CreateUser(name, name, $"{name}@example.com", hash, "Ada", "Byron", null, ["user"]));
        return user;
    }

    private static string Path(Account user) => $"/api/v1/airliner/users/{user.UserId}/password";

    private static bool IsChange(ReceivedEvent received, Account user) => received.Key == $"{user.UserId}" && received.Headers["ce_type"] == "user_password_changed";

    private static string? Filled(string? text, Account user) => text?
        .Replace("{password}", user.Password, StringComparison.Ordinal)
        .Replace("{username}", user.Username, StringComparison.Ordinal)
        .Replace("{email}", user.Email, StringComparison.Ordinal);

    private Task<HttpResponseMessage> LogInAsync(Account user, string password) =>
        system.Auth.SendAsync(HttpMethod.Post, "/api/v1/airliner/login", body: new { username = user.Username, password });
}
