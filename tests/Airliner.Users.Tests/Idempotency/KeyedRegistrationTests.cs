using System.Net;
using System.Text;
using Airliner.Testing;
using Airliner.Users.Tests.Registration;
using Xunit;

namespace Airliner.Users.Tests.Idempotency;

/// <summary>Registrations with an idempotency key, which belongs to the address that they come from.</summary>
public sealed class KeyedRegistrationTests(RunningSystem system)
{
    private const string Register = "/api/v1/airliner/registerUser";

    private readonly string _key = KeyedCalls.NewKey();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_repeat_is_answered_with_the_same_bytes_and_says_so()
    {
        var body = RegistrationBody.Valid();
        using var first = await RegisterAsync(body, "192.0.2.10");
        using var again = await RegisterAsync(body, "192.0.2.10");

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.False(first.IsReplayed());
        Assert.Equal((HttpStatusCode.Created, true), (again.StatusCode, again.IsReplayed()));
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        Assert.Equal(first.Content.Headers.ContentType, again.Content.Headers.ContentType);
        Assert.Equal(await first.Content.ReadAsByteArrayAsync(Token), await again.Content.ReadAsByteArrayAsync(Token));
    }

    [Fact]
    public async Task Once_its_user_is_deleted_an_answer_is_not_repeated_however_often_it_was_before()
    {
        var body = RegistrationBody.Valid();
        using var first = await RegisterAsync(body, "192.0.2.16");
        using var replayed = await RegisterAsync(body, "192.0.2.16");
        var userId = (await first.JsonAsync(HttpStatusCode.Created)).GetProperty("user").GetProperty("userId").GetInt64();
        using var deleted = await system.Users.SendAsync(HttpMethod.Delete, $"/api/v1/airliner/users/{userId}", await system.AdminTokenAsync());
        Assert.Equal((true, HttpStatusCode.NoContent), (replayed.IsReplayed(), deleted.StatusCode));

        using var again = await Eventually.Get(
            () => RegisterAsync(body, "192.0.2.16"), answer => !answer.IsReplayed(), TimeSpan.FromMinutes(1), "the answer is gone with its user");

        Assert.NotEqual(userId, (await again.JsonAsync(HttpStatusCode.Created)).GetProperty("user").GetProperty("userId").GetInt64());
    }

    [Fact]
    public async Task A_quoted_key_is_the_bare_one()
    {
        var body = RegistrationBody.Valid();
        using var first = await RegisterAsync(body, "192.0.2.11");
        using var again = await system.Users.SendKeyedAsync(HttpMethod.Post, Register, $"\"{_key}\"", body: body, address: "192.0.2.11");

        Assert.True(again.IsReplayed());
    }

    [Fact]
    public async Task Another_body_under_the_same_key_is_refused_and_makes_nobody()
    {
        using var first = await RegisterAsync(RegistrationBody.Valid(), "192.0.2.12");
        var other = RegistrationBody.Valid();
        using var refused = await RegisterAsync(other, "192.0.2.12");

        await refused.ProblemAsync(HttpStatusCode.UnprocessableEntity, "UNPROCESSABLE");
        using var unkeyed = await system.Users.SendAsync(HttpMethod.Post, Register, body: other);
        Assert.Equal(HttpStatusCode.Created, unkeyed.StatusCode);
    }

    [Fact]
    public async Task The_same_key_is_another_one_from_another_address_and_on_another_path()
    {
        using var first = await RegisterAsync(RegistrationBody.Valid(), "192.0.2.13");
        using var elsewhere = await RegisterAsync(RegistrationBody.Valid(), "192.0.2.14");
        using var onAnotherPath = await system.Users.SendKeyedAsync(
            HttpMethod.Post, "/api/v1/airliner/users/register", _key, body: RegistrationBody.Valid(), address: "192.0.2.13");

        foreach (var answer in new[] { first, elsewhere, onAnotherPath })
            Assert.Equal((HttpStatusCode.Created, false), (answer.StatusCode, answer.IsReplayed()));
    }

    [Fact]
    public async Task A_refusal_is_replayed_as_it_was_made()
    {
        var taken = RegistrationBody.Valid();
        using var holder = await system.Users.SendAsync(HttpMethod.Post, Register, body: taken);
        using var first = await RegisterAsync(taken, "192.0.2.15");
        using var again = await RegisterAsync(taken, "192.0.2.15");

        await first.ProblemAsync(HttpStatusCode.Conflict, "CONFLICT");
        Assert.Equal((HttpStatusCode.Conflict, true), (again.StatusCode, again.IsReplayed()));
        Assert.Equal(await first.Content.ReadAsStringAsync(Token), await again.Content.ReadAsStringAsync(Token));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"username\": 1}")]
    [InlineData("{\"username\":")]
    public async Task A_body_that_is_wrong_is_answered_and_replayed_as_one_without_a_key_is(string text)
    {
        using var unkeyed = await system.Users.Http.PostAsync(new Uri(Register, UriKind.Relative), Json(text), Token);
        using var first = await RegisterAsync(Json(text), "192.0.2.16");
        using var again = await RegisterAsync(Json(text), "192.0.2.16");

        var expected = await unkeyed.ProblemAsync(HttpStatusCode.BadRequest, "BAD_REQUEST");
        Assert.Equal(expected.GetProperty("detail").GetString(), (await first.ProblemAsync(HttpStatusCode.BadRequest, "BAD_REQUEST")).GetProperty("detail").GetString());
        Assert.True(again.IsReplayed());
        Assert.Equal(await first.Content.ReadAsStringAsync(Token), await again.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task A_replay_takes_no_permit_and_too_many_requests_is_not_kept()
    {
        var body = RegistrationBody.Valid();
        using var first = await RegisterAsync(body, "192.0.2.17");
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        for (var i = 0; i < 40; i++)
        {
            using var spent = await system.Users.SendKeyedAsync(HttpMethod.Post, Register, KeyedCalls.NewKey(), body: RegistrationBody.Valid(), address: "192.0.2.17");
            if (spent.StatusCode == HttpStatusCode.TooManyRequests)
                break;
            using var replay = await RegisterAsync(body, "192.0.2.17");
            Assert.True(replay.IsReplayed());
        }

        var (key, late) = (KeyedCalls.NewKey(), RegistrationBody.Valid());
        foreach (var _ in Enumerable.Range(0, 2))
        {
            using var refused = await system.Users.SendKeyedAsync(HttpMethod.Post, Register, key, body: late, address: "192.0.2.17");
            Assert.Equal((HttpStatusCode.TooManyRequests, false), (refused.StatusCode, refused.IsReplayed()));
        }

        using var still = await RegisterAsync(body, "192.0.2.17");
        Assert.Equal((HttpStatusCode.Created, true), (still.StatusCode, still.IsReplayed()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("\"\"")]
    [InlineData("\"open")]
    [InlineData("\"closed\" and more")]
    [InlineData("\"bad \\escape\"")]
    [InlineData("long")]
    public async Task A_key_that_is_none_is_refused_by_name(string key)
    {
        using var answer = await system.Users.SendKeyedAsync(HttpMethod.Post, Register, key == "long" ? new string('k', 256) : key, body: RegistrationBody.Valid());

        await answer.InvalidAsync("Idempotency-Key");
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private Task<HttpResponseMessage> RegisterAsync(object body, string address) =>
        system.Users.SendKeyedAsync(HttpMethod.Post, Register, _key, body: body, address: address);
}
