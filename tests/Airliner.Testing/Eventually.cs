using Xunit;

namespace Airliner.Testing;

/// <summary>Asks again and again, for what no event announces to whoever looks from outside.</summary>
public static class Eventually
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(50);

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

    /// <summary>Asks for a minute at most.</summary>
    /// <inheritdoc cref="Get{T}(Func{Task{T}}, Func{T, bool}, TimeSpan, string)"/>
    public static Task<T> Get<T>(Func<Task<T>> ask, Func<T, bool> isWanted, string what) => Get(ask, isWanted, _patience, what);

    /// <summary>Asks until it is so, and tells how long that took.</summary>
    /// <exception cref="TimeoutException">It was not in time.</exception>
    public static async Task<TimeSpan> True(Func<Task<bool>> ask, TimeSpan atMost, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        await Get(ask, answer => answer, atMost, what);
        return TimeProvider.System.GetElapsedTime(started);
    }

    /// <summary>Asks for a minute at most.</summary>
    /// <inheritdoc cref="True(Func{Task{bool}}, TimeSpan, string)"/>
    public static Task<TimeSpan> True(Func<Task<bool>> ask, string what) => True(ask, _patience, what);

    /// <summary>Asks for a minute at most until the answer is <paramref name="expected"/>.</summary>
    /// <exception cref="TimeoutException">It was not; the message has the last answer.</exception>
    public static Task Is<T>(T expected, Func<Task<T>> ask) => Get(ask, answer => Equals(answer, expected), $"{expected}");

    /// <inheritdoc cref="Is{T}(T, Func{Task{T}})"/>
    public static Task Is<T>(T expected, Func<T> ask) => Is(expected, () => Task.FromResult(ask()));
}
