using Airliner.Users.Grains.Passwords;
using Microsoft.Extensions.Time.Testing;
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

    [Fact]
    public async Task Who_has_waited_too_long_is_refused_and_not_hashed_for()
    {
        var time = new FakeTimeProvider();
        using var pool = new PasswordPool(new PasswordPoolOptions { Concurrency = 1, MaxWait = TimeSpan.FromSeconds(3) }, time);

        var hashes = Enumerable.Range(0, 50).Select(_ => pool.HashAsync("correct horse")).ToList();
        time.Advance(TimeSpan.FromSeconds(4));

        Assert.Null(await hashes[^1]);
        Assert.NotNull(await pool.HashAsync("correct horse"));
    }

    [Fact]
    public async Task Hashing_gives_way_to_all_other_threads()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere the runtime sets the priority itself.");
        using var pool = new PasswordPool(new PasswordPoolOptions { Concurrency = 2 });
        await pool.HashAsync("correct horse");

        var hashing = Directory.GetDirectories("/proc/self/task").Where(thread => ReadLine(thread, "comm") == "password hashes").ToList();

        Assert.NotEmpty(hashing);
        Assert.Contains(hashing, thread => Niceness(thread) == "10");
        Assert.Contains(Directory.GetDirectories("/proc/self/task"), thread => Niceness(thread) == "0");
    }

    /// <summary>The 19th field, which is the 17th after the name (proc_pid_stat(5)).</summary>
    private static string Niceness(string thread) => ReadLine(thread, "stat").Split(')')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[16];

    private static string ReadLine(string thread, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, file)).Trim();
        }
        catch (IOException)
        {
            // The thread has ended since.
            return $"?) {string.Join(' ', Enumerable.Repeat("?", 20))}";
        }
    }
}
