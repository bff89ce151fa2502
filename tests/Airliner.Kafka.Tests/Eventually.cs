using Airliner.Kafka.Tests.Brokers;
using Xunit;

namespace Airliner.Kafka.Tests;

/// <summary>Waits for what announces itself nowhere, as rows that another process deletes.</summary>
internal static class Eventually
{
    /// <summary>Asks again and again until the answer is <paramref name="expected"/>.</summary>
    public static async Task IsAsync<T>(T expected, Func<Task<T>> actual)
    {
        using var patience = new CancellationTokenSource(KafkaFixture.Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var last = await actual();
        while (!Equals(last, expected))
        {
            try
            {
                await timer.WaitForNextTickAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"Expected {expected} in the end, but it stayed {last}.");
            }

            last = await actual();
        }
    }

    public static Task IsAsync<T>(T expected, Func<T> actual) => IsAsync(expected, () => Task.FromResult(actual()));
}
