using System.Net;

namespace Airliner.Testing;

/// <summary>Asks again until the answer is the one that is waited for, for things that no event announces to a client.</summary>
public static class Polling
{
    /// <summary>Repeats a request until it is answered with <paramref name="status"/>.</summary>
    /// <exception cref="TimeoutException">It was not within a minute; the message has the last answer.</exception>
    public static Task EventuallyAsync(this RunningGateway gateway, HttpMethod method, string path, HttpStatusCode status, string? token = null) => Eventually.Get(
        async () =>
        {
            using var answer = await gateway.SendAsync(method, path, token);
            return (answer.StatusCode, Body: await answer.Content.ReadAsStringAsync());
        },
        answer => answer.StatusCode == status,
        $"{method} {path} answers {(int)status}");
}
