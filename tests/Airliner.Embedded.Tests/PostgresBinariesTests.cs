using Xunit;

namespace Airliner.Embedded.Tests;

public sealed class PostgresBinariesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("airliner-binaries-");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private PostgresSearchPath Nowhere => new(null, [], Path.Combine(_folder.FullName, "debian"), Path.Combine(_folder.FullName, "cache"));

    [Fact]
    public async Task A_machine_without_PostgreSQL_is_told_what_to_install()
    {
        Assert.Null(await PostgresBinaries.LocateAsync(Nowhere, null, Cancelled));

        var error = PostgresInstaller.NotFound("apt-get needs root", "npm is not installed");

        Assert.Contains("sudo apt-get install postgresql\n", error.Message, StringComparison.Ordinal);
        Assert.Contains("AIRLINER_POSTGRES_BIN", error.Message, StringComparison.Ordinal);
        Assert.Contains("What was tried: apt-get needs root; npm is not installed.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_named_folder_without_the_programs_is_an_error_and_not_passed_over()
    {
        var error = await Assert.ThrowsAsync<EmbeddedPostgresException>(
            () => PostgresBinaries.LocateAsync(Nowhere with { Named = _folder.FullName }, null, Cancelled));

        Assert.Contains($"AIRLINER_POSTGRES_BIN is {_folder.FullName}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_on_the_path_leads_to_the_folder_that_has_all_programs()
    {
        var real = await InstalledAsync();
        File.CreateSymbolicLink(Path.Combine(_folder.FullName, "pg_ctl"), real.PgCtl);

        Assert.Equal(real, await PostgresBinaries.LocateAsync(Nowhere with { OnPath = [_folder.FullName] }, null, Cancelled));
    }

    [Fact]
    public async Task A_fetched_package_is_found_after_the_systems_own_versions()
    {
        var cached = await FakeAsync(Path.Combine("cache", "postgres-18.1.0", "package", "native", "bin"), 18);
        Assert.Equal(cached, await PostgresBinaries.LocateAsync(Nowhere, null, Cancelled));

        await FakeAsync(Path.Combine("debian", "9.6", "bin"), 9);
        await FakeAsync(Path.Combine("debian", "15", "bin"), 15);
        var newest = await FakeAsync(Path.Combine("debian", "17", "bin"), 17);
        Assert.Equal(newest, await PostgresBinaries.LocateAsync(Nowhere, null, Cancelled));
    }

    [Fact]
    public async Task A_cluster_gets_the_version_that_made_it_and_no_other()
    {
        var fifteen = await FakeAsync(Path.Combine("debian", "15", "bin"), 15);
        await FakeAsync(Path.Combine("debian", "17", "bin"), 17);

        Assert.Equal(fifteen, await PostgresBinaries.LocateAsync(Nowhere, 15, Cancelled));
        Assert.Null(await PostgresBinaries.LocateAsync(Nowhere, 16, Cancelled));
    }

    [Fact]
    public async Task Versions_that_are_too_old_are_passed_over()
    {
        await FakeAsync(Path.Combine("debian", "13", "bin"), 13);

        Assert.Null(await PostgresBinaries.LocateAsync(Nowhere, null, Cancelled));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<PostgresBinaries> InstalledAsync() =>
        await new PostgresInstaller(PostgresInstaller.DefaultFolder, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance)
            .FindOrInstallAsync(new ServerFolder(_folder.FullName), Cancelled);

    private async Task<PostgresBinaries> FakeAsync(string folder, int version)
    {
        var bin = _folder.CreateSubdirectory(folder).FullName;
        foreach (var program in (string[])["initdb", "pg_ctl", "postgres"])
        {
            var file = Path.Combine(bin, program);
            await File.WriteAllTextAsync(file, $"#!/bin/sh\necho '{program} (PostgreSQL) {version}.1'\n", Cancelled);
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return new PostgresBinaries(bin, version);
    }
}
