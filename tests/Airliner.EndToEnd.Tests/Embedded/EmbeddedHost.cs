using System.Globalization;
using Airliner.Embedded;
using Airliner.EndToEnd.Tests.Processes;
using Airliner.EndToEnd.Tests.Rest;
using Airliner.Testing;

namespace Airliner.EndToEnd.Tests.Embedded;

/// <summary>
/// <c>airliner up</c> as a process, on a data folder and ports of its own. A test may stop or kill it: the next one asks for it up, and finds the data of the last.
/// </summary>
public sealed class EmbeddedHost : IAsyncLifetime
{
    /// <summary>The first start makes a database cluster.</summary>
    private static readonly TimeSpan _startTime = TimeSpan.FromMinutes(4);

    private readonly List<SystemProcess> _all = [];
    private string[] _options = [];

    internal SystemProcess Process { get; private set; } = null!;

    /// <summary>In the temporary folder itself: PostgreSQL may run as another user, who has to get there.</summary>
    internal string Data { get; } = Path.Combine(Path.GetTempPath(), $"airliner-up-{Guid.NewGuid():n}");

    internal int PortOffset { get; } = FreeOffset();

    internal int KafkaPort => 29092 + PortOffset;

    internal string Brokers => $"127.0.0.1:{KafkaPort}";

    internal string MailFolder => Path.Combine(Data, "mail");

    /// <summary>The end of what every process wrote, those that have ended included.</summary>
    internal string Logs => string.Concat(_all.Select(process => process.Log));

    /// <summary>All of it.</summary>
    internal string Output => string.Concat(_all.Select(process => process.Output));

    /// <summary>The process id of the database server, null where it does not run.</summary>
    internal int? PostgresId => PostgresOf(Data);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Starts it where it does not run with these options, and waits until it says that it is ready.</summary>
    internal async Task UpAsync(params string[] options)
    {
        if (_all.Count > 0 && !Process.HasExited)
        {
            if (_options.SequenceEqual(options))
            {
                await Process.LineAsync("ready", _startTime);
                return;
            }

            Assert.Equal(0, await Process.StopAsync());
        }

        _options = options;
        Process = Run(Data, PortOffset, options);
        await Process.LineAsync("ready", _startTime);
        Reaper.Watch(PostgresId!.Value);
    }

    /// <summary>Starts one more process, which may have another folder or other ports, and does not wait.</summary>
    internal SystemProcess Run(string data, int offset, params string[] options)
    {
        var process = SystemProcess.Start(
            Programs.Host, ["up", "--data", data, "--port-offset", offset.ToString(CultureInfo.InvariantCulture), .. options], new Dictionary<string, string>(), "up");
        _all.Add(process);
        return process;
    }

    /// <summary>Ends the process as a crash does. The database server goes on without it.</summary>
    internal Task KillAsync() => Process.KillAsync();

    internal AirlinerClient Client() => new(5001 + PortOffset, 5002 + PortOffset, 5003 + PortOffset, 5004 + PortOffset);

    /// <summary>The database server of a data folder, null where none runs.</summary>
    internal static int? PostgresOf(string data)
    {
        var file = Path.Combine(data, "postgres", "server", "data", "postmaster.pid");
        try
        {
            return int.TryParse(File.ReadLines(file).First(), CultureInfo.InvariantCulture, out var id) && Directory.Exists($"/proc/{id}") ? id : null;
        }
        catch (Exception none) when (none is IOException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Ports that are free for a system with this offset, below those that the system gives to outgoing connections.</summary>
    internal static int FreeOffset()
    {
        int[] documented = [5001, 5002, 5003, 5004, 9091, 9092, 9093, 9094, 29092];
        while (true)
        {
            var offset = Random.Shared.Next(100, 3600);
            if (documented.All(port => LoopbackPort.IsFree(port + offset)))
                return offset;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _all.Where(process => !process.HasExited))
            await process.StopAsync();
        await RemoveAsync(Data);
        foreach (var process in _all)
            await process.DisposeAsync();
    }

    /// <summary>Ends a database server that a killed process has left, and removes the data.</summary>
    internal static async Task RemoveAsync(string data)
    {
        if (PostgresOf(data) is { } postgres)
        {
            Signals.Send(postgres, Signals.Interrupt);
            await Eventually.True(() => Task.FromResult(PostgresOf(data) is null), SystemProcess.StopTime, "the database server has ended");
            Reaper.Forget(postgres);
        }

        if (Directory.Exists(data))
            Directory.Delete(data, recursive: true);
    }
}

/// <summary>The classes that share one system, one after another.</summary>
[CollectionDefinition(Name)]
public sealed class EmbeddedCollection : ICollectionFixture<EmbeddedHost>
{
    public const string Name = "airliner up";
}
