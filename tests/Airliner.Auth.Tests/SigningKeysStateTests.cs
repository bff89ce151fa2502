using Airliner.Auth.Grains;
using Xunit;

namespace Airliner.Auth.Tests;

public sealed class SigningKeysStateTests
{
    private static readonly DateTimeOffset _start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly SigningKeysOptions _options = new()
    {
        Announced = TimeSpan.FromHours(2),
        Signing = TimeSpan.FromHours(10),
        Retired = TimeSpan.FromHours(1),
    };

    private readonly SigningKeysState _keys = new();
    private int _made;

    [Fact]
    public void The_first_key_signs_at_once()
    {
        Assert.Equal("1", At(0));
        Assert.Equal("1", SigningAt(0));
    }

    [Fact]
    public void A_key_is_announced_then_signs_then_is_retired_and_forgotten()
    {
        At(0);

        Assert.Equal("1", At(7.99));
        Assert.Equal("1 2", At(8));
        Assert.Equal("1", SigningAt(9.99));
        Assert.Equal("2", SigningAt(10));
        Assert.Equal("1 2", At(10.99));
        Assert.Equal("2", At(11));
        Assert.Equal("2 3", At(18));
    }

    [Fact]
    public void After_a_long_silence_the_next_key_is_announced_for_its_whole_time_and_the_last_one_signs_meanwhile()
    {
        At(0);

        Assert.Equal("1 2", At(100));
        Assert.Equal("1", SigningAt(101.99));
        Assert.Equal("2", SigningAt(102));
        Assert.Equal("1 2", At(102.99));
        Assert.Equal("2", At(103));
    }

    [Fact]
    public void A_key_that_is_not_announced_signs_when_it_is_made()
    {
        _options.Announced = TimeSpan.Zero;
        At(0);

        Assert.Equal("1 2", At(10));
        Assert.Equal("2", SigningAt(10));
    }

    [Fact]
    public void A_clock_that_goes_back_leaves_a_key_that_signs()
    {
        At(0);

        Assert.Equal("1", At(-5));
        Assert.Equal("1", SigningAt(-5));
    }

    [Fact]
    public void Nothing_changes_where_nothing_is_due()
    {
        At(0);

        Assert.Same(_keys.Keys, _keys.At(_start.AddHours(7), _options, _ => throw new InvalidOperationException("No key is due.")));
    }

    [Theory]
    [InlineData(-1, 10, 24, "Announced")]
    [InlineData(10, 10, 24, "Signing")]
    [InlineData(1, 10, 0.25, "Retired")]
    public void Times_that_cannot_work_are_named(double announced, double signing, double retired, string name)
    {
        var options = new SigningKeysOptions { Announced = TimeSpan.FromHours(announced), Signing = TimeSpan.FromHours(signing), Retired = TimeSpan.FromHours(retired) };

        Assert.StartsWith($"SigningKeys:{name}", options.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_default_times_work() => Assert.Null(new SigningKeysOptions().Problem);

    /// <summary>The ids of the keys that are published at that hour.</summary>
    private string At(double hours)
    {
        _keys.Keys = _keys.At(_start.AddHours(hours), _options, from => new StoredKey { KeyId = $"{++_made}", SignsFrom = from });
        return string.Join(' ', _keys.Keys.Select(key => key.KeyId));
    }

    private string SigningAt(double hours) => _keys.SigningAt(_start.AddHours(hours)).KeyId;
}
