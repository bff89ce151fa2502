using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Airliner.EndToEnd.Tests.Processes;
using Airliner.Testing;

namespace Airliner.EndToEnd.Tests.Embedded;

/// <summary><c>airliner up</c>: how it starts, refuses to, and stops.</summary>
public sealed class UpTests(EmbeddedHost host) : EmbeddedTest(host)
{
    private static readonly TimeSpan _startTime = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(Signals.Terminate)]
    [InlineData(Signals.Interrupt)]
    public async Task What_it_keeps_is_there_after_it_was_told_to_stop(int signal)
    {
        await Host.UpAsync();
        var user = await Client.RegisterAndLogInAsync();

        Assert.Equal(0, await Host.Process.StopAsync(signal));
        Assert.Null(Host.PostgresId);
        Assert.False(File.Exists(Path.Combine(Host.Data, "host.pid")));

        await Host.UpAsync();
        await Client.LogInAsync(user);
    }

    [Fact]
    public async Task The_first_administrators_password_is_in_a_file_of_its_owner_alone_and_logs_in()
    {
        await Host.UpAsync();
        var file = Path.Combine(Host.Data, "admin-password");
        var lines = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        await Client.LogInAsync(lines[0], lines[1]);
    }

    [Fact]
    public async Task No_secret_is_in_what_it_writes()
    {
        await Host.UpAsync();
        var user = await Client.RegisterAndLogInAsync();
        string[] files = ["admin-password", "service-client", "postgres/superuser-password"];

        var secrets = files.Select(file => File.ReadAllLines(Path.Combine(Host.Data, file)).Last(line => line.Length > 0)).Append(user.Password);

        Assert.All(secrets, secret => Assert.DoesNotContain(secret, Host.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_taken_port_is_named()
    {
        var offset = EmbeddedHost.FreeOffset();
        using var other = new TcpListener(IPAddress.Loopback, 5003 + offset);
        other.Start();
        var data = Path.Combine(Path.GetTempPath(), $"airliner-up-{Guid.NewGuid():n}");

        var process = Host.Run(data, offset);

        Assert.Equal(1, await process.ExitAsync(_startTime));
        Assert.Contains($"{5003 + offset}", process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain($"{5002 + offset}", process.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(data), "It made a data folder before it looked at the ports.");
    }

    [Fact]
    public async Task A_data_folder_is_one_systems_at_a_time()
    {
        await Host.UpAsync();

        var second = Host.Run(Host.Data, EmbeddedHost.FreeOffset());

        Assert.Equal(1, await second.ExitAsync(_startTime));
        Assert.Contains($"{Host.Data} is in use by another running system", second.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", second.Output, StringComparison.Ordinal);
        (await Client.GetAsync(Client.Users, "/readyz")).Expect(200);
    }

    [Fact]
    public async Task Down_finds_it_while_it_starts()
    {
        var data = Path.Combine(Path.GetTempPath(), $"airliner-up-{Guid.NewGuid():n}");
        try
        {
            var process = Host.Run(data, EmbeddedHost.FreeOffset());
            await Eventually.True(() => Task.FromResult(File.Exists(Path.Combine(data, "postgres", "lock")) || process.HasExited), _startTime, "it starts its database");

            using var down = Process.Start(new ProcessStartInfo("bash", [Path.Combine(Repository.Root, "airliner"), "down", "--data", data]) { RedirectStandardOutput = true })!;
            var said = await down.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await down.WaitForExitAsync(TestContext.Current.CancellationToken);

            Assert.Equal("Stopped.", said.Trim());
            Assert.Equal(0, await process.ExitAsync(SystemProcess.StopTime));
            Assert.False(File.Exists(Path.Combine(data, "host.pid")));
        }
        finally
        {
            await EmbeddedHost.RemoveAsync(data);
        }
    }

    [Theory]
    [InlineData("There is no option --prot", "up", "--prot", "1")]
    [InlineData("--port-offset takes a number", "up", "--port-offset", "many")]
    [InlineData("--kafka takes host:port", "up", "--kafka", "broker")]
    [InlineData("--data needs a value", "up", "--data")]
    [InlineData("The commands are", "start")]
    public async Task What_is_not_understood_is_a_usage_error(string says, params string[] words)
    {
        await using var process = SystemProcess.Start(Programs.Host, words, new Dictionary<string, string>());

        Assert.Equal(2, await process.ExitAsync(_startTime));
        Assert.Contains(says, process.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgres/lock")]
    [InlineData("postgres/server/data/postmaster.pid")]
    public async Task It_stops_cleanly_when_it_is_told_to_while_it_starts(string sign)
    {
        var data = Path.Combine(Path.GetTempPath(), $"airliner-up-{Guid.NewGuid():n}");
        try
        {
            var process = Host.Run(data, EmbeddedHost.FreeOffset());
            await Eventually.True(() => Task.FromResult(File.Exists(Path.Combine(data, sign)) || process.HasExited), _startTime, $"{sign} is there");

            Assert.Equal(0, await process.StopAsync());
            Assert.DoesNotContain("ready", process.Output, StringComparison.Ordinal);
            Assert.Null(EmbeddedHost.PostgresOf(data));
        }
        finally
        {
            await EmbeddedHost.RemoveAsync(data);
        }
    }
}
