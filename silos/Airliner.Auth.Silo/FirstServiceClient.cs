using Airliner.Auth.Grains;
using Airliner.Contracts.Auth;
using Airliner.ServiceDefaults;
using Airliner.ServiceDefaults.Cluster;

namespace Airliner.Auth.Silo;

/// <summary>Makes the first machine client before the silo is ready, and only while no client exists.</summary>
internal sealed partial class FirstServiceClient(
    IClientIndex index, IGrainFactory grains, IConfiguration configuration, TimeProvider time, ILogger<FirstServiceClient> log) : IStartupTask
{
    private const int ShortestSecret = 20;

    public async Task Execute(CancellationToken cancellationToken)
    {
        if (await StartupCalls.UntilAnsweredAsync(index.AnyAsync, time, log, cancellationToken))
            return;
        var clientId = SecretFile.Setting(configuration, "AIRLINER_SERVICE_CLIENT_ID") ?? "c_" + FirstSecret.Random(24);
        var secret = FirstSecret.Resolve(configuration, "AIRLINER_SERVICE_CLIENT_SECRET", "service-client", "Machine client", clientId);
        if (!ClientIds.AreLike(clientId))
            throw new InvalidOperationException($"AIRLINER_SERVICE_CLIENT_ID must be c_ and up to 98 letters, digits, _ and -; '{clientId}' is not.");
        if (secret.Length < ShortestSecret || !secret.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~'))
            throw new InvalidOperationException(
                $"AIRLINER_SERVICE_CLIENT_SECRET must have at least {ShortestSecret} characters, of letters, digits, '-', '.', '_' and '~': clients send it encoded in different ways (RFC 6749 2.3.1), and these are the same in each.");
        if (await StartupCalls.UntilAnsweredAsync(
            () => grains.GetGrain<IClientGrain>(clientId).Create(new CreateClient("", "first machine client", secret, [Scopes.TasksWork])), time, log, cancellationToken) is not null)
            LogMade(clientId);
    }

    [LoggerMessage(LogLevel.Information, "Made the first machine client {ClientId}")]
    private partial void LogMade(string clientId);
}
