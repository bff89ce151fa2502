using Airliner.Contracts;
using Airliner.Contracts.Records;
using Airliner.Contracts.Users;
using Airliner.ServiceDefaults;
using Airliner.ServiceDefaults.Cluster;
using Airliner.Users.Grains;

namespace Airliner.Users.Silo;

/// <summary>Makes the first administrator before the silo is ready, and only while no administrator exists.</summary>
internal sealed partial class FirstAdministrator(
    IUserIndex index,
    [FromKeyedServices(UsersStorage.Service)] IServiceDatabase database,
    IGrainFactory grains,
    IConfiguration configuration,
    TimeProvider time,
    ILogger<FirstAdministrator> log) : IStartupTask
{
    public async Task Execute(CancellationToken cancellationToken)
    {
        if (await StartupCalls.UntilAnsweredAsync(index.AnyAdministratorAsync, time, log, cancellationToken))
            return;
        var username = configuration["AIRLINER_ADMIN_USERNAME"] is { Length: > 0 } set ? set : "admin";
        var password = FirstSecret.Resolve(configuration, "AIRLINER_ADMIN_PASSWORD", "admin-password", "Administrator", username);
        if (!RegistrationLimits.Username().IsMatch(username))
            throw new InvalidOperationException($"AIRLINER_ADMIN_USERNAME must have {RegistrationLimits.UsernameRule}; '{username}' has not.");
        if (password.Length is < RegistrationLimits.ShortestPassword or > RegistrationLimits.LongestPassword)
        {
            throw new InvalidOperationException(
                $"AIRLINER_ADMIN_PASSWORD must have {RegistrationLimits.ShortestPassword} to {RegistrationLimits.LongestPassword} characters.");
        }

        var userId = (await database.TakeIdsAsync(UsersStorage.Users, cancellationToken)).First;
        var command = new RegisterUser(
            $"first-administrator-{userId}", username, $"{username}@airliner.invalid", password, "First", "Administrator", null, [Roles.User, Roles.Admin]);
        var result = await StartupCalls.UntilAnsweredAsync(
            () => grains.GetGrain<IRegistrationGrain>(0).Register(userId, command), time, log, cancellationToken);

        if (result.Outcome == RegisterOutcome.PasswordRefused)
        {
            throw new InvalidOperationException(
                $"AIRLINER_ADMIN_PASSWORD is refused ({result.Refusal}): it must be neither a common password nor like AIRLINER_ADMIN_USERNAME.");
        }

        if (result.Outcome == RegisterOutcome.Registered)
            LogMade(username, userId);
        else if (!await index.AnyAdministratorAsync()) // Another silo of this service may have been faster.
            throw new InvalidOperationException(
                $"The first administrator cannot be made: the username '{username}' (AIRLINER_ADMIN_USERNAME) or its e-mail belongs to somebody else ({result.Outcome}).");
    }

    [LoggerMessage(LogLevel.Information, "Made the first administrator {Username}, user {UserId}")]
    private partial void LogMade(string username, long userId);
}
