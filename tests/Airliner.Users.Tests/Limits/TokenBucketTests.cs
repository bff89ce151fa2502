using Airliner.Contracts.Limits;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Airliner.Users.Tests.Limits;

public sealed class TokenBucketTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void As_many_go_at_once_as_there_are_permits_and_then_one_for_each_share_of_the_window()
    {
        var bucket = new TokenBucket(new LimitSettings(20, TimeSpan.FromMinutes(20)), _time);

        Assert.Equal(20, Enumerable.Range(0, 100).Count(_ => bucket.Take().IsAdmitted));
        Assert.Equal(new LimitDecision(false, 20, TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(1)), bucket.Take());

        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(TimeSpan.FromSeconds(1), bucket.Take().RetryAfter);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(new LimitDecision(true, 20, TimeSpan.FromMinutes(20), TimeSpan.Zero), bucket.Take());
        Assert.False(bucket.Take().IsAdmitted);
    }

    [Fact]
    public void A_bucket_never_holds_more_than_its_permits()
    {
        var bucket = new TokenBucket(new LimitSettings(3, TimeSpan.FromSeconds(3)), _time);
        bucket.Take();
        _time.Advance(TimeSpan.FromDays(1));

        Assert.Equal(3, Enumerable.Range(0, 10).Count(_ => bucket.Take().IsAdmitted));
    }

    [Fact]
    public void It_knows_how_long_it_has_to_be_remembered()
    {
        var bucket = new TokenBucket(new LimitSettings(20, TimeSpan.FromMinutes(20)), _time);
        Assert.Equal(TimeSpan.Zero, bucket.UntilFull);
        for (var i = 0; i < 30; i++)
            bucket.Take();

        Assert.Equal(TimeSpan.FromMinutes(20), bucket.UntilFull);
        _time.Advance(TimeSpan.FromMinutes(19));
        Assert.Equal(TimeSpan.FromMinutes(1), bucket.UntilFull);
    }

    [Theory]
    [InlineData(0, 60)]
    [InlineData(-1, 60)]
    [InlineData(1, 0)]
    [InlineData(1, -1)]
    public void A_limit_that_cannot_be_kept_is_a_start_error_that_names_it(int permits, int seconds)
    {
        var error = Assert.Throws<InvalidOperationException>(() => LimitSettings.Checked(new LimitSettings(permits, TimeSpan.FromSeconds(seconds)), "Limits:Login"));

        Assert.Contains("Limits:Login", error.Message, StringComparison.Ordinal);
    }
}
