using Airliner.Contracts.Records;
using Airliner.Contracts.Users;
using Airliner.Users.Grains.Passwords;
using Orleans.Concurrency;

namespace Airliner.Users.Grains;

/// <summary>Registers users: judges and hashes the password outside any user's turn, then makes the user. Key: any. Store: none.</summary>
[Reentrant]
[StatelessWorker]
[GrainType("registration")]
internal sealed class RegistrationGrain(IUserIndex index, PasswordScreening screening, PasswordPool passwords) : Grain, IRegistrationGrain
{
    public async Task<RegisterResult> Register(long userId, RegisterUser command)
    {
        var result = await TryRegister(userId, command);
        // Who has the name may be the user that this very command made, for a gateway that was lost and had allocated another id; and its password may be known as
        // breached by now.
        return result.Outcome is RegisterOutcome.UsernameTaken or RegisterOutcome.EmailTaken or RegisterOutcome.PasswordRefused && await index.FindByCommandAsync(command.CommandId) is { } made
            ? new(RegisterOutcome.Registered, made)
            : result;
    }

    private async Task<RegisterResult> TryRegister(long userId, RegisterUser command)
    {
        var since = passwords.Now;
        if (await screening.RefusalAsync(command.Password, command.Username, command.Email) is { } refusal)
            return new(RegisterOutcome.PasswordRefused, Refusal: refusal);

        // The unique indexes decide; asking first spares the hash of a name that is taken. The holder may be this very command's first try.
        var holders = await index.FindHoldersAsync(command.Username, command.Email);
        if (holders.Username is { } named && named != userId)
            return new(RegisterOutcome.UsernameTaken);
        if (holders.Email is { } mailed && mailed != userId)
            return new(RegisterOutcome.EmailTaken);
        if (await passwords.HashAsync(command.Password, since) is not { } hash)
            return new(RegisterOutcome.Busy);

        // Where a first try has made the user, who holds the names by now, the grain has to read: it knows by that that this is a repeat.
        using (holders is { Username: null, Email: null } ? RecordHints.NewRecord(RecordHints.Subject(UsersStorage.Users, userId)) : null)
        {
            return await GrainFactory.GetGrain<IUserGrain>(userId).Create(new CreateUser(
                command.CommandId, command.Username, command.Email, hash, command.FirstName, command.LastName, command.DateOfBirth, command.Roles));
        }
    }
}
