using System.Net;
using System.Text.Json;
using Airliner.Contracts.PersonalData;
using Airliner.Persistence.Postgres.Records;
using Airliner.Testing;
using Airliner.Users.Silo;
using Airliner.Users.Tests.Registration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Xunit;

namespace Airliner.Users.Tests.Idempotency;

/// <summary>How long an answer is kept, and what the row holds.</summary>
public sealed class KeptAnswersTests(RunningSystem system)
{
    private const string Register = "/api/v1/airliner/registerUser";

    private readonly string _key = KeyedCalls.NewKey();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_gateway_that_is_lost_before_it_keeps_the_answer_leaves_one_user()
    {
        var body = RegistrationBody.Valid();
        var first = await RegisteredAsync(body);
        Assert.Equal(1, await system.LoseAnswersAsync("users", first));

        using var again = await system.Users.SendKeyedAsync(HttpMethod.Post, Register, _key, body: body);

        Assert.False(again.IsReplayed());
        Assert.Equal($"/api/v1/airliner/users/{first}", again.Headers.Location?.ToString());
        Assert.Equal(first, (await again.JsonAsync(HttpStatusCode.Created)).GetProperty("user").GetProperty("userId").GetInt64());
    }

    [Fact]
    public async Task While_the_first_try_runs_another_is_told_to_come_back()
    {
        var body = RegistrationBody.Valid();
        var first = await RegisteredAsync(body);
        await system.SetStoredAnswersAsync("users", first, "status = null, headers = null, body = null, held_until = now() + interval '1 minute'");

        using var again = await system.Users.SendKeyedAsync(HttpMethod.Post, Register, _key, body: body);

        await again.ProblemAsync(HttpStatusCode.Conflict, "CONFLICT");
        Assert.True(again.Headers.RetryAfter!.Delta > TimeSpan.Zero);
    }

    [Fact]
    public async Task A_key_that_has_expired_is_a_new_one()
    {
        var first = await RegisteredAsync(RegistrationBody.Valid());
        Assert.Equal(1, await system.SetStoredAnswersAsync("users", first, "expires_at = now() - interval '1 second'"));

        var second = await RegisteredAsync(RegistrationBody.Valid());

        Assert.NotEqual(first, second);
        Assert.Equal(1, await system.SetStoredAnswersAsync("users", second, "try_id = try_id"));
    }

    [Fact]
    public async Task What_has_expired_is_swept()
    {
        var expired = await RegisteredAsync(RegistrationBody.Valid());
        using var kept = await system.Users.SendKeyedAsync(HttpMethod.Post, Register, KeyedCalls.NewKey(), body: RegistrationBody.Valid());
        var keptId = (await kept.JsonAsync(HttpStatusCode.Created)).GetProperty("user").GetProperty("userId").GetInt64();
        await system.SetStoredAnswersAsync("users", expired, "expires_at = now() - interval '1 second'");

        foreach (var sweep in system.Silo.GetServices<IHostedService>().OfType<ExpirySweep>())
            await sweep.SweepAsync(Token);

        Assert.Equal(0, await system.SetStoredAnswersAsync("users", expired, "try_id = try_id"));
        Assert.Equal(1, await system.SetStoredAnswersAsync("users", keptId, "try_id = try_id"));
    }

    [Fact]
    public async Task An_answer_goes_with_the_user_whose_data_it_holds_and_is_in_no_export()
    {
        var body = RegistrationBody.Valid();
        var userId = await RegisteredAsync(body);
        var (admin, key) = (await system.AdminTokenAsync(), KeyedCalls.NewKey());
        using var changed = await system.Users.SendKeyedAsync(HttpMethod.Put, $"/api/v1/airliner/users/{userId}/status", key, admin, new { status = "disabled" });
        await changed.JsonAsync();

        var source = system.Silo.GetKeyedServices<IPersonalDataSource>(UsersModule.Service).Single(source => source.Name == "storedAnswers");
        Assert.Null((await source.ExportAsync(userId, after: null, Token)).Content);
        await source.EraseAsync(userId, Token);

        Assert.Equal(0, await system.SetStoredAnswersAsync("users", userId, "try_id = try_id"));
    }

    [Fact]
    public async Task Neither_the_key_nor_the_body_can_be_read_from_the_row()
    {
        var body = RegistrationBody.Valid();
        var userId = await RegisteredAsync(body);

        await using var command = system.Silo.GetRequiredKeyedService<NpgsqlDataSource>("users").CreateCommand(
            "select row_to_json(s)::text || convert_from(body, 'UTF8'), body_hash from stored_answers s where user_id = $1");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = userId });
        await using var reader = await command.ExecuteReaderAsync(Token);
        Assert.True(await reader.ReadAsync(Token));

        Assert.DoesNotContain(body["password"]!.GetValue<string>(), reader.GetString(0), StringComparison.Ordinal);
        Assert.DoesNotContain(_key, reader.GetString(0), StringComparison.Ordinal);
        Assert.NotEqual(System.Security.Cryptography.SHA256.HashData("\n"u8.ToArray().Concat(JsonSerializer.SerializeToUtf8Bytes(body)).ToArray()), reader.GetFieldValue<byte[]>(1));
    }

    private async Task<long> RegisteredAsync(object body)
    {
        using var answer = await system.Users.SendKeyedAsync(HttpMethod.Post, Register, _key, body: body);
        return (await answer.JsonAsync(HttpStatusCode.Created)).GetProperty("user").GetProperty("userId").GetInt64();
    }
}
