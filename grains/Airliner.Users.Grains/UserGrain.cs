using Airliner.Contracts;
using Airliner.Contracts.Records;
using Airliner.Contracts.Users;

namespace Airliner.Users.Grains;

/// <summary>One user. Key: user id. Store: table <c>users</c>.</summary>
[GrainType("user")]
internal sealed class UserGrain([PersistentState("user", UsersStorage.Users)] IPersistentState<UserState> user, TimeProvider time) : Grain, IUserGrain
{
    public async Task<RegisterResult> Create(CreateUser command)
    {
        if (user.RecordExists)
        {
            return user.State.CommandId == command.CommandId
                ? new(RegisterOutcome.Registered, View())
                : throw new InvalidOperationException($"The user id {UserId} was given out twice.");
        }

        try
        {
            await user.CommitAsync(UserState.Registered(UserId, command, time.Now()));
            return new(RegisterOutcome.Registered, View());
        }
        catch (UniqueViolationException taken)
        {
            DeactivateOnIdle();
            return new(taken.Constraint == UsersStorage.EmailIndex ? RegisterOutcome.EmailTaken : RegisterOutcome.UsernameTaken);
        }
    }

    public Task<UserView?> Get() => Task.FromResult(user.RecordExists ? View() : null);

    public Task<UserCredential?> GetCredential() => Task.FromResult(
        user.RecordExists ? new UserCredential(user.State.Username, user.State.PasswordHash, user.State.Status, user.State.Roles) : null);

    private long UserId => this.GetPrimaryKeyLong();

    private UserView View() => user.State.View(UserId);
}
