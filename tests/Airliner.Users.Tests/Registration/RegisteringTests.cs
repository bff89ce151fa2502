using System.Net;
using System.Text.Json.Nodes;
using Airliner.Contracts;
using Airliner.Contracts.Events;
using Airliner.Contracts.Records;
using Airliner.Contracts.Users;
using Airliner.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans.Core.Internal;
using Xunit;

namespace Airliner.Users.Tests.Registration;

public sealed class RegisteringTests(RunningSystem system)
{
    private const string Route = "/api/v1/airliner/registerUser";

    [Theory]
    [InlineData("/api/v1/airliner", "registerUser")]
    [InlineData("/api/v1/airliner", "users/register")]
    [InlineData("/api/v1/eventstreammonitor", "registerUser")]
    [InlineData("/api/v1/eventstreammonitor", "users/register")]
    public async Task Registering_answers_the_user_and_where_to_read_it(string prefix, string route)
    {
        var body = RegistrationBody.Valid();

        using var answer = await system.Users.SendAsync(HttpMethod.Post, $"{prefix}/{route}", body: body);

        var json = await answer.JsonAsync(HttpStatusCode.Created);
        var user = json.GetProperty("user");
        Assert.NotEmpty(json.GetProperty("message").GetString()!);
        Assert.Equal(
            ["userId", "username", "email", "emailVerified", "firstName", "lastName", "dateOfBirth", "roles", "status", "createdAt", "updatedAt"],
            user.EnumerateObject().Select(member => member.Name));
        Assert.True(user.GetProperty("userId").GetInt64() >= 1000);
        Assert.Equal("1985-12-10", user.GetProperty("dateOfBirth").GetString());
        Assert.EndsWith("Z", user.GetProperty("createdAt").GetString(), StringComparison.Ordinal);
        Assert.Equal($"{prefix}/users/{user.GetProperty("userId")}", answer.Headers.Location!.ToString());

        var token = await system.LogInAsync((string)body["username"]!, (string)body["password"]!);
        using var read = await system.Users.SendAsync(HttpMethod.Get, answer.Headers.Location.ToString(), token);
        Assert.Equal(user.ToString(), (await read.JsonAsync()).GetProperty("user").ToString());
    }

    [Theory]
    [InlineData("username")]
    [InlineData("email")]
    public async Task A_name_that_differs_in_case_alone_is_taken(string field)
    {
        var first = RegistrationBody.Valid();
        using var registered = await system.Users.SendAsync(HttpMethod.Post, Route, body: first);
        await registered.JsonAsync(HttpStatusCode.Created);

        var second = RegistrationBody.Valid().With(field, ((string)first[field]!).ToUpperInvariant());
        using var answer = await system.Users.SendAsync(HttpMethod.Post, Route, body: second);

        await answer.ProblemAsync(HttpStatusCode.Conflict, "CONFLICT");
    }

    [Fact]
    public async Task Of_a_hundred_who_want_one_name_at_once_one_gets_it_and_one_event_tells()
    {
        var name = $"race-{Guid.NewGuid():n}"[..20];
        var bodies = Enumerable.Range(0, 100).Select(i => RegistrationBody.Valid().With("username", Recased(name, i)));

        var answers = await Task.WhenAll(bodies.Select(body => system.Users.SendAsync(HttpMethod.Post, Route, body: body)));

        Assert.All(answers, answer => Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.Created, HttpStatusCode.Conflict }));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Created);
        await using var count = system.Silo.GetRequiredKeyedService<NpgsqlDataSource>("users").CreateCommand("select count(*) from users where lower(username) = $1");
        count.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        Assert.Equal(1L, await count.ExecuteScalarAsync(TestContext.Current.CancellationToken));

        // Whoever registers afterwards is told of after all that went before have been taken over by the relay.
        var marker = await system.NewUserAsync();
        var events = await system.ReadTopicAsync(Topics.UserRegistration, read => OfName(read, name).Any() && OfName(read, marker.Username).Any());
        Assert.Single(OfName(events, name));
    }

    [Fact]
    public async Task A_repeat_that_meets_the_user_of_its_first_try_is_answered_as_that()
    {
        var grains = system.Silo.GetRequiredService<IGrainFactory>();
        var database = system.Silo.GetRequiredKeyedService<IServiceDatabase>("users");
        var userId = (await database.TakeIdsAsync("users", TestContext.Current.CancellationToken)).First;
        var name = $"twice-{Guid.NewGuid():n}"[..20];
        var command = new RegisterUser(
            $"command-{userId}", name, $"{name}@example.org", "correct horse battery", "Ada", "Lovelace", new DateOnly(1985, 12, 10), [Roles.User]);
        var registration = grains.GetGrain<IRegistrationGrain>(0);

        var first = await registration.Register(userId, command);
        // As it is where the silo that made the user was lost before it answered.
        await grains.GetGrain<IUserGrain>(userId).Cast<IGrainManagementExtension>().DeactivateOnIdle();
        var repeat = await registration.Register(userId, command);

        Assert.Equal((RegisterOutcome.Registered, RegisterOutcome.Registered), (first.Outcome, repeat.Outcome));
        Assert.Equal(userId, repeat.User!.UserId);
    }

    [Fact]
    public async Task The_event_arrives_with_its_headers_and_without_secrets()
    {
        var user = await system.NewUserAsync();

        var events = await system.ReadTopicAsync(Topics.UserRegistration, read => OfName(read, user.Username).Any());

        var received = OfName(events, user.Username).First();
        Assert.Equal($"{user.UserId}", received.Key);
        Assert.Equal(
            ["eventType", "userId", "username", "email", "firstName", "lastName", "timestamp"],
            received.Value.EnumerateObject().Select(member => member.Name));
        Assert.Equal("user_registered", received.Value.GetProperty("eventType").GetString());
        Assert.Equal(user.UserId, received.Value.GetProperty("userId").GetInt64());
        Assert.Equal(user.Email, received.Value.GetProperty("email").GetString());

        var headers = received.Headers;
        Assert.Equal("1.0", headers["ce_specversion"]);
        Assert.True(Guid.TryParse(headers["ce_id"], out _));
        Assert.Equal("user_registered", headers["ce_type"]);
        Assert.StartsWith("/airliner/", headers["ce_source"], StringComparison.Ordinal);
        Assert.Equal(received.Value.GetProperty("timestamp").GetString(), headers["ce_time"]);
        Assert.Equal($"users/{user.UserId}", headers["ce_subject"]);
        Assert.Equal("1", headers["ce_sequence"]);
        Assert.Equal("application/json", headers["content-type"]);
        Assert.Matches("^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$", headers["traceparent"]);
    }

    [Fact]
    public async Task Nothing_that_is_logged_holds_a_password_or_a_token()
    {
        using var recorder = new LogRecorder();
        var user = await system.NewUserAsync();
        using var wrong = await system.Auth.SendAsync(HttpMethod.Post, "/api/v1/airliner/login", body: new { username = user.Username, password = user.Password + "x" });
        using var taken = await system.Users.SendAsync(
            HttpMethod.Post, Route, body: RegistrationBody.Valid().With("username", user.Username).With("password", user.Password));
        using var read = await system.Users.SendAsync(HttpMethod.Get, $"/api/v1/airliner/users/{user.UserId}", user.AccessToken);

        Assert.Contains(recorder.Lines, line => line.Contains($"/users/{user.UserId}", StringComparison.Ordinal));
        var signature = user.AccessToken[(user.AccessToken.LastIndexOf('.') + 1)..];
        Assert.DoesNotContain(recorder.Lines, line => line.Contains(user.Password, StringComparison.Ordinal) || line.Contains(signature, StringComparison.Ordinal));
    }

    private static IEnumerable<ReceivedEvent> OfName(IEnumerable<ReceivedEvent> events, string username) =>
        events.Where(e => e.Value.TryGetProperty("username", out var name) && string.Equals(name.GetString(), username, StringComparison.OrdinalIgnoreCase));

    /// <summary>The name with the case of each letter as the bits of <paramref name="bits"/> have it.</summary>
    private static JsonNode Recased(string name, int bits) =>
        string.Concat(name.Select((c, i) => (bits >> (i % 7) & 1) == 1 ? char.ToUpperInvariant(c) : c));
}
