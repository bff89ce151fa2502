namespace Airliner.EndToEnd.Tests;

/// <summary>Waits for what can only be seen from outside by asking again.</summary>
internal static class Eventually
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Asks until the answer is one that <paramref name="isWanted"/>.</summary>
    /// <exception cref="TimeoutException">It was not in time; the message has the last answer.</exception>
    public static async Task<T> Get<T>(Func<Task<T>> ask, Func<T, bool> isWanted, TimeSpan atMost, string what)
    {
        using var timer = new PeriodicTimer(_interval);
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = await ask();
            if (isWanted(answer))
                return answer;
            if (TimeProvider.System.GetElapsedTime(started) > atMost)
                throw new TimeoutException($"In {atMost.TotalSeconds:0} s it did not come to this: {what}. The last answer: {answer}");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <inheritdoc cref="Get{T}"/>
    public static Task True(Func<Task<bool>> ask, TimeSpan atMost, string what) => Get(ask, answer => answer, atMost, what);
}
