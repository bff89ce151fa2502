using Airliner.Testing;
using Xunit;

namespace Airliner.Auth.Tests.Guard;

/// <summary>How long a login that fails takes, which must not tell whether there is such an account.</summary>
[Collection(HashCollection.Name)]
public sealed class LoginTimingTests(RunningSystem system)
{
    private const int Accounts = 6;
    private const int TriesOfEach = 8;

    /// <summary>Tries are made in turns, so that whatever slows the machine slows all; a path without the hash would be ten times as fast.</summary>
    [Fact]
    public async Task A_known_and_an_unknown_name_take_as_long()
    {
        string[][] names = [[], [], []];
        for (var i = 0; i < Accounts; i++)
        {
            var user = await system.NewUserAsync();
            names[0] = [.. names[0], user.Username];
            names[1] = [.. names[1], $"nobody-{Guid.NewGuid():n}"];
            names[2] = [.. names[2], $"{Guid.NewGuid():n}@example.com"];
        }

        // The first try of a name activates what guards it.
        var times = names.Select(_ => new List<TimeSpan>()).ToArray();
        for (var round = 0; round < Accounts * TriesOfEach; round++)
        {
            for (var turn = 0; turn < names.Length; turn++)
            {
                var kind = (turn + round) % names.Length;
                var time = await TimeAsync(names[kind][round % Accounts]);
                if (round >= Accounts)
                    times[kind].Add(time);
            }
        }

        var medians = times.Select(all => all.Order().ElementAt(all.Count / 2)).ToArray();
        Assert.True(medians.Max() < 2 * medians.Min(), $"Known name, unknown name, unknown e-mail: {string.Join(", ", medians.Select(median => $"{median.TotalMilliseconds:0.0} ms"))}");
    }

    private async Task<TimeSpan> TimeAsync(string name)
    {
        // From an address of its own, for five failures of a pair hold it back.
        var address = Attempts.NewAddress();
        var started = TimeProvider.System.GetTimestamp();
        Assert.Equal(401, await system.LogInAsync(address, name, "wrong horse"));
        return TimeProvider.System.GetElapsedTime(started);
    }
}
