using Airliner.Tasks.Grains;
using Airliner.Tasks.Grains.Lifecycle;
using Airliner.Tasks.Silo;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Airliner.Tasks.Tests.Rules;

public sealed class TaskLimitsTests
{
    private static TaskLimits Of(params (string Key, string Value)[] settings) => new TaskLimits(Section(settings)).Checked();

    private static IConfigurationSection Section(params (string Key, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.ToDictionary(setting => $"Tasks:{setting.Key}", setting => (string?)setting.Value)).Build().GetSection("Tasks");

    [Fact]
    public void A_type_waits_between_attempts_as_it_says_and_else_as_all_do()
    {
        var limits = Of(("Retry:FirstWait", "00:00:10"), ("Retry:Jitter", "0"), ("Types:export:Retry:FirstWait", "00:01:00"), ("Types:export:Deadline", "01:00:00"));
        Assert.Equal((TimeSpan.FromSeconds(40), TimeSpan.FromMinutes(4)), (limits.Of("other").Retry.Wait(3), limits.Of("export").Retry.Wait(3)));
        Assert.Equal((null, TimeSpan.FromHours(1)), (limits.Of("other").Deadline, limits.Of("export").Deadline));
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 4)]
    [InlineData(5, 32)]
    [InlineData(20, 300)]
    [InlineData(100, 300)]
    public void Chance_alone_decides_the_wait_below_a_bound_that_doubles_up_to_another(int attempts, double bound)
    {
        var waits = Enumerable.Range(0, 1000).Select(_ => new RetryPolicy().Wait(attempts).TotalSeconds).ToList();
        Assert.All(waits, wait => Assert.InRange(wait, 0, bound));
        Assert.True(waits.Min() < bound / 4 && waits.Max() > bound * 3 / 4, $"{waits.Min()} to {waits.Max()} of {bound}");
    }

    [Fact]
    public void As_little_is_left_to_chance_as_the_type_says()
    {
        var policy = new RetryPolicy { FirstWait = TimeSpan.FromSeconds(8), Jitter = 0.5 };
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.InRange(policy.Wait(1).TotalSeconds, 4, 8));
    }

    [Theory]
    [InlineData("Retry:FirstWait", "-00:00:01")]
    [InlineData("Retry:FirstWait", "00:06:00")]
    [InlineData("Retry:LongestWait", "31.00:00:00")]
    [InlineData("Retry:Factor", "0.5")]
    [InlineData("Retry:Factor", "NaN")]
    [InlineData("Retry:Jitter", "1.1")]
    [InlineData("MaxAttempts", "0")]
    [InlineData("TimeoutSeconds", "-1")]
    [InlineData("MaxInFlight", "0")]
    [InlineData("MaxInFlightPerUser", "0")]
    [InlineData("MaxInFlightAtWorkers", "0")]
    [InlineData("Lease", "00:00:00")]
    [InlineData("Lease", "1.00:00:01")]
    [InlineData("HandlerLetsGoWithin", "-00:00:01")]
    [InlineData("StopsWithin", "-00:00:01")]
    [InlineData("TypesPerClient", "-1")]
    [InlineData("Types:export:Lease", "-00:00:01")]
    [InlineData("StartWithin", "00:00:00")]
    [InlineData("StartWithin", "31.00:00:00")]
    [InlineData("Deadline", "-01:00:00")]
    [InlineData("Types:export:Retry:Jitter", "-1")]
    [InlineData("Types:export:MaxAttempts", "101")]
    [InlineData("Retention:Results", "00:59:00")]
    [InlineData("Retention:Results", "91.00:00:00")]
    [InlineData("Retention:Tasks", "1.00:00:00")]
    [InlineData("Retention:SweepInterval", "00:00:00")]
    public void A_setting_that_makes_no_sense_is_named_at_the_start(string key, string value)
    {
        var error = Assert.Throws<InvalidOperationException>(() => Of((key, value)));
        Assert.Contains($"Tasks:{key} must be ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Rows:MaxFileBytes", "0")]
    [InlineData("Rows:MaxHeldRows", "0")]
    [InlineData("Rows:MaxRowBytes", "-1")]
    [InlineData("Rows:RowGroupBytes", "0")]
    [InlineData("Images:MaxAtOnce", "0")]
    [InlineData("Images:MaxPixels", "0")]
    [InlineData("FileUpload:MaxBytes", "0")]
    [InlineData("FileUpload:SilentFor", "00:00:00")]
    [InlineData("Webhooks:AnswersWithin", "-00:00:01")]
    [InlineData("Webhooks:MostAtOncePerSilo", "0")]
    [InlineData("Webhooks:PollInterval", "00:00:00")]
    [InlineData("Webhooks:KeptFor", "00:00:00")]
    [InlineData("Webhooks:RetryDelays:0", "-00:00:01")]
    [InlineData("Schedules:SweepInterval", "00:00:00")]
    [InlineData("Schedules:MostMissedRuns", "-1")]
    [InlineData("Groups:KeptFor", "-1.00:00:00")]
    [InlineData("Groups:SweepInterval", "00:00:00")]
    public void A_setting_of_a_section_that_makes_no_sense_is_named_at_the_start(string key, string value)
    {
        var error = Assert.Throws<InvalidOperationException>(() => TaskSettings.Check(Section((key, value))));
        Assert.Contains($"Tasks:{key} must be ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_set_makes_sense()
    {
        Of();
        TaskSettings.Check(Section());
    }
}
