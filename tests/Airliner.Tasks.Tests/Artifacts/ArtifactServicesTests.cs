using Airliner.Artifacts;
using Airliner.Artifacts.S3;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Xunit;

namespace Airliner.Tasks.Tests.Artifacts;

/// <summary>Which store a host has, by its configuration.</summary>
public sealed class ArtifactServicesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("artifacts-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_host_has_one_store_over_the_configured_folder()
    {
        using var host = Host(("Folder", Path.Join(_folder.FullName, "made")));
        await host.StartAsync(Token);
        await host.Services.GetRequiredService<IArtifactStore>().SaveAsync("k", new MemoryStream([1]), 1, Token);
        Assert.Equal(HealthStatus.Healthy, (await HealthAsync(host)).Status);
        await host.StopAsync(Token);
        Assert.Equal("k", Path.GetFileName(Assert.Single(Directory.GetFiles(_folder.FullName, "*", SearchOption.AllDirectories))));
        Assert.Single(host.Services.GetServices<IArtifactStore>());
    }

    [Fact]
    public async Task A_bucket_goes_before_a_folder_and_is_not_ready_while_it_is_away()
    {
        using var host = Host(("Folder", _folder.FullName), ("S3:Bucket", "files"), ("S3:Endpoint", "http://127.0.0.1:1"), ("S3:PathStyle", "true"), ("S3:Prefix", ""));
        await host.StartAsync(Token);
        Assert.IsType<S3ArtifactStore>(host.Services.GetRequiredService<IArtifactStore>());
        Assert.Equal(HealthStatus.Unhealthy, (await HealthAsync(host)).Status);
        await host.StopAsync(Token);
    }

    [Theory]
    [InlineData("Artifacts:Folder")]
    [InlineData("Artifacts:Folder", "S3:Bucket", "", "S3:Endpoint", "")]
    [InlineData("Artifacts:S3:Bucket", "S3:Endpoint", "https://minio.example")]
    [InlineData("Artifacts:S3:Bucket", "S3:Bucket", "Files")]
    [InlineData("Artifacts:S3:Endpoint", "S3:Bucket", "files", "S3:Endpoint", "minio.example:9000")]
    [InlineData("Artifacts:S3:Region", "S3:Bucket", "files", "S3:Region", "")]
    [InlineData("Artifacts:S3:Prefix", "S3:Bucket", "files", "S3:Prefix", "/airliner/")]
    [InlineData("Artifacts:S3:SecretKeyFile", "S3:Bucket", "files", "S3:AccessKeyFile", "/nowhere")]
    [InlineData("/nowhere", "S3:Bucket", "files", "S3:AccessKeyFile", "/nowhere", "S3:SecretKeyFile", "/nowhere")]
    public async Task A_start_with_settings_that_cannot_be_right_fails_and_names_the_option(string option, params string[] settings)
    {
        using var host = Host([.. settings.Chunk(2).Select(pair => (pair[0], pair[1]))]);
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Token));
        Assert.Contains(option, failure.Message, StringComparison.Ordinal);
    }

    private static IHost Host(params (string Key, string Value)[] settings)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"Artifacts:{setting.Key}", (string?)setting.Value)));
        builder.Services.AddLogging();
        builder.Services.AddArtifacts(builder.Configuration).AddArtifacts(builder.Configuration);
        return builder.Build();
    }

    private static async Task<HealthReportEntry> HealthAsync(IHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token)).Entries["artifacts"];
}
