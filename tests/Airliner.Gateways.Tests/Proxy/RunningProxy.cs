using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Airliner.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Airliner.Gateways.Tests.Proxy;

/// <summary>
/// <c>docker/haproxy.cfg</c> in a HAProxy of its own, on its documented ports of an address in 127.0.0.0/8 that nobody else has. Behind the port of users stands a
/// gateway that does what it is told, behind the others there is none.
/// </summary>
public sealed partial class RunningProxy : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("airliner-proxy-");
    private readonly IPAddress _address = new([127, 77, (byte)(Environment.ProcessId >> 8), (byte)(1 + Environment.ProcessId % 254)]);
    private Haproxy? _haproxy;
    private string _missing = "";
    private WebApplication? _gateway;
    private Process? _process;

    public HttpClient Http { get; } = new();

    /// <summary>Skips the test where there is no HAProxy, or an older one.</summary>
    public void SkipWhereNone(string atLeast = "2.6")
    {
        Assert.SkipWhen(_haproxy is null, $"haproxy is not on the path, and Debian's package cannot be had: {_missing}");
        Assert.SkipWhen(_haproxy!.Version < Version.Parse(atLeast), $"This needs HAProxy {atLeast} or newer, as in docker-compose.proxy.yml. Here it is {_haproxy.Version}.");
    }

    public Uri Users(string path) => new($"http://{_address}:5001{path}");

    public Uri Tasks(string path) => new($"http://{_address}:5002{path}");

    /// <summary>Sends bytes, as no HTTP client would, and returns all that comes back.</summary>
    public async Task<string> SendAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_address, 5002, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(client.GetStream());
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask InitializeAsync()
    {
        try
        {
            _haproxy = await Haproxy.FindAsync();
        }
        catch (InvalidOperationException error)
        {
            _missing = error.Message;
            return;
        }

        _gateway = await StartGatewayAsync();
        var configuration = Path.Combine(_folder.FullName, "haproxy.cfg");
        await File.WriteAllTextAsync(configuration, Configuration(new Uri(_gateway.Urls.Single()).Authority));
        _process = _haproxy.Start(configuration);
        await Eventually.True(AnswersAsync, "the proxy takes requests");
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (_process is not null)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        if (_gateway is not null)
            await _gateway.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>What is shipped, with other addresses and shorter times.</summary>
    private string Configuration(string gateway)
    {
        var configuration = Replace(Repository.Read("docker/haproxy.cfg"), "bind :", $"bind {_address}:");
        configuration = Replace(configuration, "127.0.0.1:8404", $"{_address}:8404");
        configuration = Replace(configuration, "/usr/local/etc/haproxy/answers/", $"{Path.Combine(Repository.Root, "docker", "haproxy-answers")}/");
        configuration = Replace(configuration, "timeout server 60s", "timeout server 1s");
        configuration = Replace(configuration, "timeout http-request 10s", "timeout http-request 1s");
        configuration = Replace(configuration, " init-state down resolvers engine resolve-prefer ipv4 init-addr none", "");
        configuration = Replace(configuration, "server-template gateway 8 usermanagement-service:5001", $"server gateway {gateway}");
        configuration = Service().Replace(configuration, $"server gateway {_address}:9");
        return _haproxy!.Version < new Version(3, 2) ? AnswerFile().Replace(configuration, "") : configuration;
    }

    private static string Replace(string text, string old, string now)
    {
        Assert.Contains(old, text, StringComparison.Ordinal);
        return text.Replace(old, now, StringComparison.Ordinal);
    }

    private static async Task<WebApplication> StartGatewayAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var gateway = builder.Build();
        gateway.MapGet("/readyz", () => Results.Ok());
        gateway.MapGet("/breaks-off", (HttpContext http) => http.Abort());
        gateway.MapGet("/says-nothing", (HttpContext http) => Task.Delay(Timeout.Infinite, http.RequestAborted));
        await gateway.StartAsync();
        return gateway;
    }

    private async Task<bool> AnswersAsync()
    {
        if (_process!.HasExited)
            throw new InvalidOperationException($"HAProxy ended: {await _process.StandardError.ReadToEndAsync()}");
        try
        {
            using var answer = await Http.GetAsync(Users("/readyz"), TestContext.Current.CancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    [GeneratedRegex("server-template gateway 8 .+")]
    private static partial Regex Service();

    /// <summary>An older HAProxy knows some of their statuses not at all, and takes none of them for what is no request.</summary>
    [GeneratedRegex("^ +errorfile .+\n", RegexOptions.Multiline)]
    private static partial Regex AnswerFile();
}
