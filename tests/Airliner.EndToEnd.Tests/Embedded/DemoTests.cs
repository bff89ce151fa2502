using System.Globalization;
using Airliner.EndToEnd.Tests.Processes;

namespace Airliner.EndToEnd.Tests.Embedded;

/// <summary><c>airliner demo</c> against the running system, and against none.</summary>
public sealed class DemoTests(EmbeddedHost host) : EmbeddedTest(host)
{
    [Fact]
    public async Task Every_step_of_the_demo_answers_what_it_must()
    {
        await Host.UpAsync();

        await using var demo = Demo(Host.PortOffset);

        Assert.True(await demo.ExitAsync(Patience) == 0, demo.Output);
        Assert.Contains("Every step answered what it must.", demo.Output, StringComparison.Ordinal);
        Assert.Contains("ce_type task_completed", demo.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gateways_are_found_by_the_variables_that_name_their_ports_to_compose()
    {
        await Host.UpAsync();

        await using var demo = SystemProcess.Start(
            Programs.Host,
            ["demo", "--kafka", Host.Brokers, "--mail", Host.MailFolder],
            new Dictionary<string, string>
            {
                ["USERMANAGEMENT_PORTS"] = $"{5001 + Host.PortOffset}",
                // Of a range the first.
                ["TASKPROCESSING_PORTS"] = $"{5002 + Host.PortOffset}-{5009 + Host.PortOffset}",
                ["NOTIFICATION_PORTS"] = $"{5003 + Host.PortOffset}",
                ["AUTH_PORTS"] = $"{5004 + Host.PortOffset}",
            },
            "demo");

        Assert.True(await demo.ExitAsync(Patience) == 0, demo.Output);
    }

    [Fact]
    public async Task A_file_that_is_not_csv_fails_the_demo_with_its_line_and_column()
    {
        await Host.UpAsync();
        var file = Path.Combine(Host.Data, "broken.csv");
        await File.WriteAllTextAsync(file, "name,size\nfirst,1\nsecond,\"2\n", TestContext.Current.CancellationToken);

        await using var demo = Demo(Host.PortOffset, file);

        Assert.Equal(1, await demo.ExitAsync(Patience));
        Assert.Contains("The task is failed", demo.Output, StringComparison.Ordinal);
        Assert.Contains("line 3, column 2", demo.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_system_the_demo_says_how_to_start_it()
    {
        await using var demo = Demo(EmbeddedHost.FreeOffset());

        Assert.Equal(1, await demo.ExitAsync(Patience));
        Assert.Contains("Is the system up? './airliner up' starts it.", demo.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", demo.Output, StringComparison.Ordinal);
    }

    private SystemProcess Demo(int offset, params string[] file) => SystemProcess.Start(
        Programs.Host,
        ["demo", .. file, "--port-offset", offset.ToString(CultureInfo.InvariantCulture), "--mail", Host.MailFolder],
        new Dictionary<string, string>(),
        "demo");
}
