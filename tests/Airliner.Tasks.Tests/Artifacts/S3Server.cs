using System.Diagnostics;
using Airliner.Artifacts.S3;
using Airliner.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.Artifacts;

/// <summary>
/// An S3 service. <c>AIRLINER_TEST_S3</c> names a real one and a bucket of it, as in <c>https://minio.example:9000/bucket</c>, to which the SDK's usual credentials
/// (<c>AWS_ACCESS_KEY_ID</c>, <c>AWS_SECRET_ACCESS_KEY</c>) belong. Else it is <c>s3rver</c>, a small imitation in Node, from npm.
/// </summary>
public sealed class S3Server : IAsyncLifetime
{
    private const string Package = "s3rver@3.7.1";

    /// <summary>Says its port; ends with this process, whose end closes its input.</summary>
    private const string Script = """
        const S3rver = require('s3rver');
        new S3rver({ address: '127.0.0.1', port: 0, silent: true, directory: process.argv[1], configureBuckets: [{ name: 'artifacts' }] })
            .run().then(address => console.log(address.port));
        process.stdin.resume().on('end', () => process.exit());
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("airliner-s3-");
    private S3ArtifactStoreOptions? _options;
    private string _missing = "";
    private Process? _process;

    /// <summary>How to reach the bucket, below a prefix; skips the test where there is no server.</summary>
    internal S3ArtifactStoreOptions Options(string prefix)
    {
        Assert.SkipWhen(_options is null, _missing);
        return new()
        {
            Bucket = _options!.Bucket,
            Endpoint = _options.Endpoint,
            PathStyle = true,
            Prefix = prefix,
            AccessKeyFile = _options.AccessKeyFile,
            SecretKeyFile = _options.SecretKeyFile,
        };
    }

    public async ValueTask InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable("AIRLINER_TEST_S3") is { Length: > 0 } named)
        {
            var address = new Uri(named);
            _options = new() { Endpoint = address.GetLeftPart(UriPartial.Authority), Bucket = address.AbsolutePath.Trim('/') };
            return;
        }

        var home = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "s3rver")).FullName;
        try
        {
            if (!Directory.Exists(Path.Combine(home, "node_modules", "s3rver")))
            {
                using var install = Start("npm", home, "install", "--prefix", home, "--no-save", "--no-audit", "--no-fund", Package);
                var errors = await install.StandardError.ReadToEndAsync();
                await install.WaitForExitAsync();
                if (install.ExitCode != 0)
                    throw new InvalidOperationException(errors);
            }

            _process = Start("node", home, "-e", Script, _folder.FullName);
            if (await _process.StandardOutput.ReadLineAsync() is not { } port)
                throw new InvalidOperationException(await _process.StandardError.ReadToEndAsync());
            var key = Path.Combine(_folder.FullName, "key");
            await File.WriteAllTextAsync(key, "S3RVER\n");
            _options = new() { Endpoint = $"http://127.0.0.1:{port}", Bucket = "artifacts", AccessKeyFile = key, SecretKeyFile = key };
        }
        catch (Exception error)
        {
            // Without Node, npm or its registry the other tests run all the same.
            _missing = $"AIRLINER_TEST_S3 names no server, and {Package} of npm cannot be run: {error.Message}";
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    private static Process Start(string program, string folder, params string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        WorkingDirectory = folder,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
