using System.Net;

namespace Airliner.Testing;

/// <summary>Asks again until the answer is the one that is waited for, for things that no event announces to a client.</summary>
public static class Polling
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    /// <summary>Repeats a request until it is answered with <paramref name="status"/>.</summary>
    /// <exception cref="TimeoutException">It was not within a minute; the message has the last answer.</exception>
    public static async Task EventuallyAsync(this RunningGateway gateway, HttpMethod method, string path, HttpStatusCode status, string? token = null)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            using var answer = await gateway.SendAsync(method, path, token);
            if (answer.StatusCode == status)
                return;
            if (TimeProvider.System.GetElapsedTime(started) > _patience)
                throw new TimeoutException($"{method} {path} still answers {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
            await timer.WaitForNextTickAsync();
        }
    }
}
