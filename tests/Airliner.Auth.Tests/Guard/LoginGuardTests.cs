using System.Globalization;
using System.Net;
using Airliner.Auth.Silo;
using Airliner.Contracts.Auth;
using Airliner.Contracts.Events;
using Airliner.Contracts.Users;
using Airliner.Testing;
using Airliner.Users.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Airliner.Auth.Tests.Guard;

/// <summary>The guard as clients meet it, with real hashes and rows.</summary>
[Collection(HashCollection.Name)]
public sealed class LoginGuardTests(RunningSystem system)
{
    private static readonly int[] _fiveFailures = [401, 401, 401, 401, 401];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_two_hundred_parallel_wrong_passwords_five_are_hashed_and_the_rest_held_back()
    {
        var user = await system.NewUserAsync();
        var address = Attempts.NewAddress();
        using var hashes = new HashCounter();

        var statuses = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => system.LogInAsync(address, user.Username, "wrong horse")));

        Assert.Equal(_fiveFailures, statuses.Where(status => status != 429));
        Assert.Equal(195, statuses.Count(status => status == 429));
        Assert.Equal(5, hashes.Count);
        // Five login_failed and one account_locked: the entity's own count, committed with them.
        Assert.Equal(6L, await EventsRaisedAsync(user.UserId));
        var events = await system.ReadTopicAsync(Topics.Auth, seen => seen.Any(e => IsOf(user, e, "account_locked")));
        Assert.Equal(5, events.Count(e => IsOf(user, e, "login_failed")));
        var locked = events.Single(e => IsOf(user, e, "account_locked"));
        Assert.Equal("address", locked.Value.GetProperty("scope").GetString());
        Assert.True(locked.Value.GetProperty("lockedUntil").GetDateTimeOffset() > locked.Value.GetProperty("timestamp").GetDateTimeOffset());
        Assert.All(events.Where(e => e.Key == $"{user.UserId}"), e => Assert.DoesNotContain(user.Username, e.Value.ToString(), StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Parallel_right_passwords_are_all_let_through()
    {
        var user = await system.NewUserAsync();
        var address = Attempts.NewAddress();

        // One more than may be under way, which is let through as the first one ends: it waits no longer than three seconds.
        var statuses = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => system.LogInAsync(address, user.Username, user.Password)));

        Assert.All(statuses, status => Assert.Equal(200, status));
    }

    [Theory]
    [InlineData("login")]
    [InlineData("generateToken")]
    public async Task Known_disabled_and_unknown_names_are_answered_alike_at_every_step_for_one_hash_each(string route)
    {
        var (known, disabled) = (await system.NewUserAsync(), await system.NewUserAsync());
        await DisableAsync(disabled.UserId);
        // A right password for an account that is disabled, and an id that is another's, are failures like others.
        (string Name, string Password, long UserId)[] accounts =
        [
            (known.Username, "wrong horse", known.UserId),
            (known.Email, "wrong horse", disabled.UserId),
            (disabled.Username, disabled.Password, disabled.UserId),
            ($"nobody-{Guid.NewGuid():n}", "wrong horse", known.UserId),
            ($"{Guid.NewGuid():n}@example.com", "wrong horse", 1),
        ];

        var histories = new List<IReadOnlyList<string>>();
        foreach (var (name, password, userId) in accounts)
        {
            var address = Attempts.NewAddress();
            var steps = new List<string>();
            for (var step = 0; step < 8; step++)
                steps.Add(await StepAsync(route, address, new { username = name, password, userId }));
            histories.Add(steps);
        }

        Assert.All(histories, steps => Assert.Equal(histories[0], steps));
        Assert.Equal(["401 1", "401 1", "401 1", "401 1", "401 1", "429 0", "429 0", "429 0"], histories[0].Select(step => step[..5]));
    }

    [Fact]
    public async Task A_pair_that_is_held_back_is_so_on_every_path_and_after_the_grain_has_ended()
    {
        var user = await system.NewUserAsync();
        var address = Attempts.NewAddress();
        Assert.Equal(_fiveFailures, await system.FailAsync(address, user.Username, 5));
        await EndActivationsAsync();

        Assert.Equal(429, await system.LogInAsync(address, user.Username, user.Password));
        Assert.Equal(429, await system.LogInAsync(address, user.Email, user.Password));
        using var token = await system.Auth.PostAsync("/api/v1/airliner/generateToken", address, new { user.UserId, user.Username, user.Password });
        Assert.Equal(HttpStatusCode.TooManyRequests, token.StatusCode);

        var held = await Assert.ThrowsAsync<RpcException>(() => ValidateAsync(user, address));
        Assert.Equal(StatusCode.ResourceExhausted, held.StatusCode);
        Assert.InRange(int.Parse(held.Trailers.GetValue("retry-after")!, CultureInfo.InvariantCulture), 1, 30);
        Assert.True((await ValidateAsync(user, Attempts.NewAddress())).IsValid);
    }

    [Fact]
    public async Task A_refusal_says_when_to_come_back()
    {
        var address = Attempts.NewAddress();
        var name = $"nobody-{Guid.NewGuid():n}";
        await system.FailAsync(address, name, 5);

        using var answer = await system.Auth.PostAsync("/api/v1/airliner/login", address, new { username = name, password = "wrong horse" });

        await answer.ProblemAsync(HttpStatusCode.TooManyRequests, "RATE_LIMITED");
        var seconds = answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds;
        Assert.InRange(seconds, 1, 30);
        Assert.Equal([$"\"failed-logins\";r=0;t={seconds}"], answer.Headers.GetValues("RateLimit"));
        Assert.Equal(["\"failed-logins\";q=5;w=3600"], answer.Headers.GetValues("RateLimit-Policy"));
    }

    [Fact]
    public async Task Twenty_failures_from_strange_addresses_hold_back_strangers_and_not_who_logged_in_before()
    {
        var user = await system.NewUserAsync();
        var home = Attempts.NewAddress();
        Assert.Equal(200, await system.LogInAsync(home, user.Username, user.Password));

        var strangers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => system.FailAsync(Attempts.NewAddress(), user.Username, 4)));

        Assert.Equal(20, strangers.Sum(statuses => statuses.Count(status => status == 401)));
        Assert.Equal(429, await system.LogInAsync(Attempts.NewAddress(), user.Username, user.Password));
        Assert.Equal(200, await system.LogInAsync(home, user.Username, user.Password));
    }

    [Fact]
    public async Task A_success_resets_the_failures()
    {
        var user = await system.NewUserAsync();
        var address = Attempts.NewAddress();

        for (var round = 0; round < 3; round++)
        {
            Assert.Equal(_fiveFailures[..4], await system.FailAsync(address, user.Username, 4));
            Assert.Equal(200, await system.LogInAsync(address, user.Username, user.Password));
        }
    }

    [Fact]
    public async Task An_IPv6_customer_is_one_source()
    {
        var user = await system.NewUserAsync();
        for (var i = 1; i <= 5; i++)
            Assert.Equal(401, await system.LogInAsync($"2001:db8:5:7:{i}::{i}", user.Username, "wrong horse"));

        Assert.Equal(429, await system.LogInAsync("2001:db8:5:7:ffff::1", user.Username, user.Password));
        Assert.Equal(200, await system.LogInAsync("2001:db8:5:8::1", user.Username, user.Password));
    }

    [Fact]
    public async Task The_table_has_no_name_that_was_typed_and_no_address()
    {
        var address = Attempts.NewAddress();
        var name = $"typed-{Guid.NewGuid():n}";
        var before = await RowsAsync();
        await system.FailAsync(address, name, 1);

        var rows = await RowsAsync();

        Assert.Equal(before.Count + 1, rows.Count);
        Assert.All(rows, row => Assert.DoesNotContain(name, row, StringComparison.OrdinalIgnoreCase));
        Assert.All(rows, row => Assert.DoesNotContain(address, row, StringComparison.Ordinal));
    }

    /// <summary>What an attempt is answered, without what differs from one request to the next, and how many hashes it cost.</summary>
    private async Task<string> StepAsync(string route, string address, object body)
    {
        using var hashes = new HashCounter();
        using var answer = await system.Auth.PostAsync($"/api/v1/airliner/{route}", address, body);
        var problem = await answer.JsonAsync(answer.StatusCode);
        var retryAfter = answer.Headers.RetryAfter?.Delta?.TotalSeconds;
        Assert.True(retryAfter is null or (>= 1 and <= 30), $"Retry-After: {retryAfter}");
        var headers = answer.Headers.Where(header => header.Key is not "Date").Select(header => $"{header.Key}: {string.Join(',', header.Value)}");
        return $"{(int)answer.StatusCode} {hashes.Count} {string.Join(' ', headers)} {problem}"
            .Replace(problem.GetProperty("traceId").GetString()!, "", StringComparison.Ordinal)
            .Replace($"t={retryAfter}", "t=", StringComparison.Ordinal)
            .Replace($"Retry-After: {retryAfter}", "Retry-After:", StringComparison.Ordinal);
    }

    private async Task<ValidateCredentialsResponse> ValidateAsync(Account user, string address)
    {
        var headers = new Metadata { { "authorization", $"Bearer {await system.ServiceTokenAsync()}" } };
        return await new UserValidation.UserValidationClient(system.Users.Grpc).ValidateCredentialsAsync(
            new ValidateCredentialsRequest { UserId = user.UserId, Password = user.Password, SourceAddress = address }, headers, cancellationToken: Token);
    }

    private static bool IsOf(Account user, ReceivedEvent received, string type) =>
        received.Key == $"{user.UserId}" && received.Value.GetProperty("eventType").GetString() == type;

    private async Task<long> EventsRaisedAsync(long userId)
    {
        await using var command = Database(AuthModule.Service).CreateCommand("select event_sequence from login_guards where id = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = LoginGuardKeys.OfUser(userId) });
        return Assert.IsType<long>(await command.ExecuteScalarAsync(Token));
    }

    private async Task<IReadOnlyList<string>> RowsAsync()
    {
        await using var command = Database(AuthModule.Service).CreateCommand("select to_jsonb(login_guards)::text from login_guards");
        await using var reader = await command.ExecuteReaderAsync(Token);
        var rows = new List<string>();
        while (await reader.ReadAsync(Token))
            rows.Add(reader.GetString(0));
        return rows;
    }

    /// <summary>Disables a user in the table, and lets the grain read it again.</summary>
    private async Task DisableAsync(long userId)
    {
        await using var command = Database("users").CreateCommand("update users set status = 'disabled' where id = $1");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = userId });
        Assert.Equal(1, await command.ExecuteNonQueryAsync(Token));
        var user = system.Silo.GetRequiredService<IGrainFactory>().GetGrain<IUserGrain>(userId);
        // A grain that is busy at the moment is passed over.
        for (var tries = 0; tries < 100 && (await user.Get())!.Status != UserStatus.Disabled; tries++)
            await EndActivationsAsync();
        Assert.Equal(UserStatus.Disabled, (await user.Get())!.Status);
    }

    private Task EndActivationsAsync() =>
        system.Silo.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);

    private NpgsqlDataSource Database(string service) => system.Silo.GetRequiredKeyedService<NpgsqlDataSource>(service);
}
