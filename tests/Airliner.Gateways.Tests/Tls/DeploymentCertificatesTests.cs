using System.Security.Cryptography.X509Certificates;
using Airliner.Host;
using Airliner.Host.Certificates;
using Airliner.ServiceDefaults.Tls;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Airliner.Gateways.Tests.Tls;

/// <summary>What <c>./airliner secrets --tls</c> makes.</summary>
public sealed class DeploymentCertificatesTests : IDisposable
{
    private static readonly string[] _names = ["ca", "silo", "gateway", "server"];

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"airliner-certificates-{Guid.NewGuid():n}");
    private readonly FakeTimeProvider _time = new(TestCertificates.Now);

    public void Dispose()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Its_files_are_what_the_processes_take()
    {
        Assert.Equal(["made", "made", "made", "made"], What(Make("airliner.example", "192.0.2.7")));

        Assert.NotNull(ClusterIdentity.Load(Cluster("silo"), "airliner-silo", isServer: true, TimeProvider.System));
        Assert.NotNull(ClusterIdentity.Load(Cluster("gateway"), "airliner-gateway", isServer: false, TimeProvider.System));
        Assert.NotNull(PemCertificate.Load(Section("Tls", "server"), TimeProvider.System));
        using var server = Certificate("server");
        foreach (var host in new[] { "localhost", "127.0.0.1", "::1", "auth-service", "taskprocessing-service", "airliner.example", "192.0.2.7" })
            Assert.True(server.MatchesHostname(host, allowCommonName: false), host);
        Assert.False(server.MatchesHostname("airliner-silo"), "The certificate that clients see would do for a silo.");
    }

    [Fact]
    public void Only_its_owner_reads_the_authoritys_key()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Files have no modes there.");
        Make();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder, "ca.key")));
    }

    [Fact]
    public void What_is_there_stays_until_it_is_about_to_end()
    {
        Make("airliner.example");
        var before = Texts();

        Assert.Equal(["kept", "kept", "kept", "kept"], What(Make("airliner.example")));
        Assert.Equal(before, Texts());

        _time.Advance(TimeSpan.FromDays(397 - 59));
        Assert.Equal(["kept", "made", "made", "made"], What(Make("airliner.example")));
        var after = Texts();
        Assert.Equal(before[0], after[0]);
        Assert.All(_names.Skip(1).Select((_, index) => index + 1), index => Assert.NotEqual(before[index], after[index]));
    }

    [Fact]
    public void Another_host_needs_another_certificate_of_the_gateways_alone()
    {
        Make();

        Assert.Equal(["kept", "kept", "kept", "made"], What(Make("airliner.example")));
        // A host that is not asked for any more does no harm.
        Assert.Equal(["kept", "kept", "kept", "kept"], What(Make()));
    }

    [Fact]
    public void Another_authority_signs_everything_anew()
    {
        Make();
        File.Delete(Path.Combine(_folder, "ca.key"));

        Assert.Equal(["made", "made", "made", "made"], What(Make()));
        Assert.NotNull(ClusterIdentity.Load(Cluster("silo"), "airliner-silo", isServer: true, TimeProvider.System));
    }

    [Fact]
    public void What_is_no_host_is_refused()
    {
        var error = Assert.Throws<StartException>(() => Make("airliner example"));

        Assert.Contains("'airliner example' is neither a host's name nor an address", error.Message, StringComparison.Ordinal);
    }

    private IReadOnlyList<string> Make(params string[] hosts) => new DeploymentCertificates(_folder, _time).Make(hosts);

    private static IEnumerable<string> What(IEnumerable<string> lines) => lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0]);

    private string[] Texts() => [.. _names.Select(name => File.ReadAllText(Path.Combine(_folder, $"{name}.crt")))];

    private X509Certificate2 Certificate(string name) => X509Certificate2.CreateFromPem(File.ReadAllText(Path.Combine(_folder, $"{name}.crt")));

    private IConfigurationSection Cluster(string name) => Section("Cluster:Tls", name);

    private IConfigurationSection Section(string section, string name) => new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        [$"{section}:CertificateFile"] = Path.Combine(_folder, $"{name}.crt"),
        [$"{section}:KeyFile"] = Path.Combine(_folder, $"{name}.key"),
        [$"{section}:CaFile"] = Path.Combine(_folder, "ca.crt"),
    }).Build().GetSection(section);
}
