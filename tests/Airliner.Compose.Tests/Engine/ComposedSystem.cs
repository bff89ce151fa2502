using Airliner.Testing;

namespace Airliner.Compose.Tests.Engine;

/// <summary>
/// The system of docker-compose.yml on this machine's container engine, on its documented ports. It is a project of its own, with volumes of its own, which
/// are removed with it in the end: what else runs in the engine is left alone.
/// </summary>
public sealed class ComposedSystem : IAsyncLifetime
{
    /// <summary>The environment variable without which nothing is composed: it takes minutes, and the ports.</summary>
    public const string Variable = "AIRLINER_COMPOSE";

    private readonly Dictionary<string, string> _settings = new()
    {
        ["COMPOSE_PROJECT_NAME"] = "airliner-compose-tests",
        ["COMPOSE_FILE"] = "docker-compose.yml",
        // Everything comes from one address.
        ["LOGIN_PERMITS"] = "1000000",
        ["REGISTRATION_PERMITS"] = "1000000",
    };

    private string? _missing;
    private bool _isBuilt;

    public static IReadOnlyList<string> Silos { get; } = ["usermanagement-silo", "auth-silo", "taskprocessing-silo", "notification-silo"];

    public static IReadOnlyList<string> Gateways { get; } = ["usermanagement-service", "taskprocessing-service", "notification-service", "auth-service"];

    public async ValueTask InitializeAsync()
    {
        _missing = await MissingAsync();
        if (_missing is null)
            await AirlinerAsync("secrets");
    }

    /// <summary>Skips the test where nothing can be composed.</summary>
    public void SkipWhereNone() => Assert.SkipWhen(_missing is not null, _missing ?? "");

    /// <summary>Makes the system what the compose files say, one container of each service, and waits until all are healthy. Skips the test where nothing can be composed.</summary>
    /// <param name="overlays">What comes after docker-compose.yml.</param>
    public async Task UpAsync(params IEnumerable<string> overlays)
    {
        SkipWhereNone();
        _settings["COMPOSE_FILE"] = string.Join(Path.PathSeparator, ["docker-compose.yml", .. overlays]);
        if (!_isBuilt)
            await ComposeAsync("build");
        _isBuilt = true;
        await StartAsync();
    }

    /// <summary>Starts what does not run, and waits until all are healthy.</summary>
    public Task StartAsync() => ComposeAsync("up", "--detach", "--wait", "--remove-orphans");

    /// <summary>Adds containers to services, or takes some away, and waits until those that are there are healthy.</summary>
    public Task ScaleAsync(params IEnumerable<(string Service, int Count)> counts) =>
        ComposeAsync(["up", "--detach", "--wait", .. counts.SelectMany(one => new[] { "--scale", $"{one.Service}={one.Count}" })]);

    /// <summary>Skips the test where an image is neither on this machine nor to be had.</summary>
    public async Task NeedsImageOfAsync(string overlay, string service)
    {
        SkipWhereNone();
        try
        {
            await RunAsync("docker", "compose", "-f", "docker-compose.yml", "-f", overlay, "pull", "--quiet", "--policy", "missing", service);
        }
        catch (CommandException error)
        {
            Assert.Skip($"The image of {service} cannot be had: {error.Message}");
        }
    }

    public Task<string> ComposeAsync(params IEnumerable<string> arguments) => RunAsync("docker", ["compose", .. arguments]);

    public Task<string> AirlinerAsync(params IEnumerable<string> arguments) => RunAsync(Path.Combine(Repository.Root, "airliner"), arguments);

    /// <summary>A command of <c>./airliner</c> that its host has, as it was built beside the tests.</summary>
    public Task<string> HostAsync(params IEnumerable<string> arguments)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        return RunAsync("dotnet", [Path.Combine(own.Parent!.Parent!.FullName, "Airliner.Host", own.Name, "Airliner.Host.dll"), .. arguments]);
    }

    public Task<string> RunAsync(string program, params IEnumerable<string> arguments) => Command.RunAsync(_settings, program, arguments);

    /// <summary>The containers of some services, of all where none is named.</summary>
    public async Task<string[]> ContainersAsync(params IEnumerable<string> services) =>
        (await ComposeAsync(["ps", "--quiet", .. services])).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Takes it away, and all that it has.</summary>
    public async Task RemoveAsync()
    {
        if (_missing is null)
            await ComposeAsync("down", "--volumes", "--remove-orphans");
    }

    public async ValueTask DisposeAsync() => await RemoveAsync();

    private async Task<string?> MissingAsync()
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable)))
            return $"{Variable} is not set: './airliner test --compose' composes the system, in some minutes.";
        try
        {
            await RunAsync("docker", "version");
            await RunAsync("docker", "compose", "version");
            return null;
        }
        catch (CommandException error)
        {
            return $"There is no container engine with Compose here: {error.Message}";
        }
    }
}
