using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Airliner.Testing;

/// <summary>Requests with an <c>Idempotency-Key</c>, and what is kept of them.</summary>
public static class KeyedCalls
{
    /// <summary>A key that nobody else has.</summary>
    public static string NewKey() => $"{Guid.NewGuid()}";

    /// <summary>Sends a request with a key; with a token, from an address, with a JSON body or a content, where they are given.</summary>
    public static async Task<HttpResponseMessage> SendKeyedAsync(
        this RunningGateway gateway, HttpMethod method, string path, string key, string? token = null, object? body = null, string? address = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body as HttpContent ?? (body is null ? null : JsonContent.Create(body, body.GetType())) };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (address is not null)
            request.Headers.Add("X-Forwarded-For", address);
        return await gateway.Http.SendAsync(request);
    }

    /// <summary>Whether the answer is one that was given before.</summary>
    public static bool IsReplayed(this HttpResponseMessage answer) => answer.Headers.TryGetValues("Idempotent-Replayed", out var values) && values.Single() == "true";

    /// <summary>
    /// Changes the stored answers that hold a user's data, behind their grains, which have gone from memory when they are answered. <c>version</c> goes up by itself.
    /// </summary>
    /// <returns>How many those were.</returns>
    public static async Task<int> SetStoredAnswersAsync(this RunningSystem system, string service, long userId, string assignments)
    {
        await using var command = system.Silo.GetRequiredKeyedService<NpgsqlDataSource>(service)
            .CreateCommand($"update stored_answers set version = version + 1, {assignments} where user_id = $1");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = userId });
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>As a gateway leaves it that is lost between what it did and keeping the answer, a minute later.</summary>
    public static Task<int> LoseAnswersAsync(this RunningSystem system, string service, long userId) =>
        system.SetStoredAnswersAsync(service, userId, "status = null, headers = null, body = null, held_until = now() - interval '1 second'");
}
