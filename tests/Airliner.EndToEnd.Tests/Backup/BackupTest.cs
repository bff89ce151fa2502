using Airliner.EndToEnd.Tests.Embedded;
using Airliner.EndToEnd.Tests.Processes;

namespace Airliner.EndToEnd.Tests.Backup;

/// <summary>A test of <c>airliner backup</c> and <c>airliner restore</c>, with a folder for what they make.</summary>
public abstract class BackupTest(EmbeddedHost host) : EmbeddedTest(host)
{
    protected string Folder { get; } = Directory.CreateTempSubdirectory("airliner-backups-").FullName;

    protected string Backup => Path.Combine(Folder, "backup");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Runs a command of the host to its end.</summary>
    /// <returns>Its exit code, and all that it wrote.</returns>
    internal static async Task<(int Code, string Output)> RunAsync(string[] arguments, Dictionary<string, string>? settings = null)
    {
        await using var command = SystemProcess.Start(Programs.Host, arguments, settings ?? [], arguments[0]);
        var code = await command.ExitAsync(TimeSpan.FromMinutes(4));
        return (code, command.Output.ReplaceLineEndings("\n"));
    }

    internal static async Task<string> SucceedAsync(string[] arguments, Dictionary<string, string>? settings = null)
    {
        var (code, output) = await RunAsync(arguments, settings);
        Assert.True(code == 0, output);
        return output;
    }
}
