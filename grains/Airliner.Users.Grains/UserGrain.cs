using Airliner.Contracts;
using Airliner.Contracts.Records;
using Airliner.Contracts.Users;
using Airliner.Users.Grains.Codes;

namespace Airliner.Users.Grains;

/// <summary>One user. Key: user id. Store: table <c>users</c>.</summary>
[GrainType("user")]
internal sealed partial class UserGrain(
    [PersistentState("user", UsersStorage.Users)] IPersistentState<UserState> user, OneTimeCodes codes, TimeProvider time) : Grain, IUserGrain
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
            var now = time.Now();
            await user.CommitAsync(UserState.Registered(UserId, command, now).VerificationRequested(UserId, OneTimeCodes.NewId(), now));
            return new(RegisterOutcome.Registered, View());
        }
        catch (UniqueViolationException taken)
        {
            DeactivateOnIdle();
            return new(taken.Constraint == UsersStorage.EmailIndex ? RegisterOutcome.EmailTaken : RegisterOutcome.UsernameTaken);
        }
    }

    public Task<UserChangeResult> Update(UpdateUser command) => ChangeAsync(
        command.CommandId,
        state => state.Updated(UserId, command, OneTimeCodes.NewId(), time.Now()),
        state => StaleBy(command.IfMatch) ?? EmailRefusal(state, command));

    public Task<UserChangeResult> SetRoles(SetUserRoles command) =>
        ChangeAsync(command.CommandId, state => state.WithRoles(UserId, command, time.Now()), _ => StaleBy(command.IfMatch));

    public Task<UserChangeResult> SetStatus(SetUserStatus command) =>
        ChangeAsync(command.CommandId, state => state.WithStatus(UserId, command, time.Now()), _ => StaleBy(command.IfMatch));

    public Task<UserChangeResult> SetPassword(SetPasswordHash command) => ChangeAsync(
        command.CommandId,
        state => state.WithPassword(UserId, command, time.Now()),
        state => command.Replaces is { } hash && hash != state.PasswordHash ? new(UserChangeOutcome.Stale) : null);

    public Task<UserChangeResult> Delete(DeleteUser command) =>
        ChangeAsync(command.CommandId, state => state.Deleted(UserId, command, time.Now()), _ => StaleBy(command.IfMatch));

    public async Task Rehash(RehashPassword command)
    {
        if (user.RecordExists && user.State.PasswordHash == command.Replaces)
            await user.CommitAsync(user.State with { PasswordHash = command.PasswordHash });
    }

    public Task<UserView?> Get() => Task.FromResult(IsThere ? View() : null);

    public Task<UserCredential?> GetCredential() => Task.FromResult(IsThere ? Credential() : null);

    private long UserId => this.GetPrimaryKeyLong();

    /// <summary>A deleted user is like one that never was.</summary>
    private bool IsThere => user.RecordExists && user.State.Status != UserStatus.Deleted;

    /// <summary>RFC 9110 §13.1.1: what is refused where the user is none of those that the caller has seen.</summary>
    private UserChangeResult? StaleBy(IReadOnlyList<string>? ifMatch) =>
        ifMatch is { } tags && !tags.Contains("*") && !tags.Contains(View().ETag) ? new(UserChangeOutcome.Stale) : null;

    private async Task<UserChangeResult> ChangeAsync(
        string commandId, Func<UserState, UserState> change, Func<UserState, UserChangeResult?>? refuse = null)
    {
        if (!user.RecordExists)
            return new(UserChangeOutcome.NotFound);
        if (user.State.LastCommandId == commandId)
            return new(UserChangeOutcome.Changed, View());
        if (!IsThere)
            return new(UserChangeOutcome.NotFound);
        if (refuse?.Invoke(user.State) is { } refusal)
            return refusal;
        var next = change(user.State);
        if (ReferenceEquals(next, user.State))
            return new(UserChangeOutcome.Unchanged, View());

        var keepsSessions = next.KeepsSessionsOf(user.State);
        try
        {
            await user.CommitAsync(next);
            return new(UserChangeOutcome.Changed, View(), KeepsSessions: keepsSessions);
        }
        catch (UniqueViolationException taken) when (taken.Constraint == UsersStorage.EmailIndex)
        {
            return new(UserChangeOutcome.EmailTaken);
        }
        catch (RecordRejectedException refused) when (refused.Constraint == UsersStorage.LastAdministrator)
        {
            return new(UserChangeOutcome.LastAdministrator);
        }
    }

    private UserView View() => user.State.View(UserId);

    private UserCredential Credential() =>
        new(user.State.Username, user.State.PasswordHash, user.State.Status, user.State.Roles, user.State.Email, user.State.LastCommandId, user.State.UpdatedAt);
}
