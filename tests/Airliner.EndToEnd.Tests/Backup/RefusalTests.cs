using System.Text.Json.Nodes;
using Airliner.EndToEnd.Tests.Embedded;

namespace Airliner.EndToEnd.Tests.Backup;

/// <summary>What is not restored, and says why.</summary>
public sealed class RefusalTests(EmbeddedHost host) : BackupTest(host)
{
    private string Target => Path.Combine(Folder, "target");

    private string Manifest => Path.Combine(Backup, "manifest.json");

    [Fact]
    public async Task A_backup_that_is_not_as_it_was_made_or_newer_is_refused_and_nothing_is_made_of_it()
    {
        await Host.UpAsync();
        await SucceedAsync(["backup", Backup, "--data", Host.Data]);
        var dump = Path.Combine(Backup, "TASK_PROCESSING.dump");
        var (bytes, manifest) = (await File.ReadAllBytesAsync(dump), await File.ReadAllTextAsync(Manifest));
        Assert.Equal(
            ["AUTH_TOKENS.dump", "NOTIFICATIONS.dump", "REGISTRATIONS.dump", "TASK_PROCESSING.dump", "files.tar", "manifest.json", "server-key"], Files());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Backup, "server-key")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Backup));

        await File.WriteAllBytesAsync(dump, bytes[..^1]);
        await RefusedAsync($"is not whole: TASK_PROCESSING.dump has {bytes.Length - 1} bytes of {bytes.Length}");

        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(dump, bytes);
        await RefusedAsync("is damaged: TASK_PROCESSING.dump is not what was written");

        File.Delete(dump);
        await RefusedAsync("is not whole: TASK_PROCESSING.dump is missing");

        var newer = JsonNode.Parse(manifest)!;
        newer["databases"]![2]!["steps"]!["tasks/998_what_is_to_come.sql"] = "a hash";
        await File.WriteAllTextAsync(Manifest, newer.ToJsonString());
        await RefusedAsync("TASK_PROCESSING is of a newer version");

        await File.WriteAllTextAsync(Manifest, manifest.Replace("\"format\": 1", "\"format\": 2", StringComparison.Ordinal));
        await RefusedAsync("is a backup of format 2");

        File.Delete(Manifest);
        await RefusedAsync("is no backup: it has no manifest.json");
    }

    [Fact]
    public async Task A_backup_goes_into_a_new_folder_and_a_restore_into_an_empty_system_alone()
    {
        await Host.UpAsync();
        await SucceedAsync(["backup", Backup, "--data", Host.Data]);

        var again = await RunAsync(["backup", Backup, "--data", Host.Data]);
        var over = await RunAsync(["restore", Backup, "--data", Host.Data]);

        Assert.Equal(1, again.Code);
        Assert.Contains($"{Backup} is there already", again.Output, StringComparison.Ordinal);
        Assert.Equal(1, over.Code);
        Assert.Contains($"{Host.Data} is not empty", over.Output, StringComparison.Ordinal);
        Assert.Equal([Backup], Directory.EnumerateFileSystemEntries(Folder));
    }

    [Fact]
    public async Task Without_a_system_there_is_no_backup_and_of_half_a_restore_no_system()
    {
        var none = await RunAsync(["backup", Backup, "--data", Target]);
        Directory.CreateDirectory(Target);
        await File.WriteAllTextAsync(Path.Combine(Target, "restore-unfinished"), "");

        var up = await RunAsync(["up", "--data", Target, "--port-offset", $"{EmbeddedHost.FreeOffset()}"]);

        Assert.Equal(1, none.Code);
        Assert.Contains("Start the system", none.Output, StringComparison.Ordinal);
        Assert.False(Path.Exists(Backup));
        Assert.Equal(1, up.Code);
        Assert.Contains("did not end", up.Output, StringComparison.Ordinal);
    }

    /// <summary>Without the secrets of the first accounts, which whoever started the system may have given.</summary>
    private IEnumerable<string> Files() => Directory.EnumerateFiles(Backup).Select(file => Path.GetFileName(file)!)
        .Where(file => file is not ("admin-password" or "service-client")).Order(StringComparer.Ordinal);

    private async Task RefusedAsync(string reason)
    {
        var (code, output) = await RunAsync(["restore", Backup, "--data", Target]);
        Assert.Equal(1, code);
        Assert.Contains(reason, output, StringComparison.Ordinal);
        Assert.False(Path.Exists(Target));
    }
}
