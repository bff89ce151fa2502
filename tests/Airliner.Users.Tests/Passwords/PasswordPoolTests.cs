using Airliner.Users.Grains.Passwords;
using Xunit;

namespace Airliner.Users.Tests.Passwords;

public sealed class PasswordPoolTests
{
    [Fact]
    public async Task A_full_pool_refuses_and_takes_again_once_it_has_emptied()
    {
        using var pool = new PasswordPool(new PasswordPoolOptions { Concurrency = 1, MaxWaiting = 1 });

        // Asking costs microseconds, a hash milliseconds: of so many asked at once, most find the pool full.
        var hashes = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => pool.HashAsync("correct horse")));
        var later = await pool.HashAsync("correct horse");

        Assert.Contains(null, hashes);
        Assert.All(hashes.OfType<string>(), hash => Assert.StartsWith("$argon2id$", hash, StringComparison.Ordinal));
        Assert.True(hashes.OfType<string>().Count() >= 2, "One runs and one waits.");
        Assert.NotNull(later);
    }

    [Fact]
    public async Task Verifying_tells_right_wrong_and_no_hash_at_all()
    {
        using var pool = new PasswordPool(new PasswordPoolOptions());
        var hash = await pool.HashAsync("correct horse");

        Assert.True(await pool.VerifyAsync("correct horse", hash));
        Assert.False(await pool.VerifyAsync("wrong horse", hash));
        Assert.False(await pool.VerifyAsync("correct horse", null));
    }

    [Fact]
    public async Task A_hash_that_fails_gives_its_place_back()
    {
        using var pool = new PasswordPool(new PasswordPoolOptions { Concurrency = 1, MaxWaiting = 0 });

        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAsync<FormatException>(() => pool.VerifyAsync("correct horse", "not a hash"));

        Assert.NotNull(await pool.HashAsync("correct horse"));
    }
}
