using System.Collections.Concurrent;
using Airliner.Contracts;
using Airliner.Contracts.Users;

namespace Airliner.Notifications.Tests.Doubles;

/// <summary>The users that a test has, by id.</summary>
internal sealed class UserRegistry
{
    private readonly ConcurrentDictionary<long, UserView> _users = new();

    /// <summary>The codes that are good, by purpose and id.</summary>
    public ConcurrentDictionary<(CodePurpose, string), CodeMail> Codes { get; } = new();

    /// <summary>The addresses before a change, by its time.</summary>
    public ConcurrentDictionary<DateTimeOffset, string> FormerEmails { get; } = new();

    public UserView? Find(long id) => _users.GetValueOrDefault(id);

    public void Add(long id, string email, string status = UserStatus.Active, bool isVerified = true) => _users[id] = new UserView(
        id, $"user{id}", email, isVerified, "Ada", "Lovelace", null, ["user"], status, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);
}

/// <summary>The Users service's standing of users, as far as an erasure asks for it.</summary>
[GrainType("user-queries")]
internal sealed class RegistryUserQueriesGrain(UserRegistry users) : Grain, IUserQueriesGrain
{
    public Task<UserStanding?> GetStanding(long userId) =>
        Task.FromResult(users.Find(userId) is { } user ? new UserStanding(user.Status, user.UpdatedAt) : null);

    public Task<Page<UserView>> List(UserFilter filter, PageRequest page) => throw new NotSupportedException();
}

/// <summary>The Users service's grain, as far as notifications ask it.</summary>
[GrainType("user")]
internal sealed class RegistryUserGrain(UserRegistry users) : Grain, IUserGrain
{
    public Task<UserView?> Get() => Task.FromResult(users.Find(this.GetPrimaryKeyLong()));

    public Task<RegisterResult> Create(CreateUser command) => throw new NotSupportedException();

    public Task<UserCredential?> GetCredential() => throw new NotSupportedException();

    public Task<UserChangeResult> Update(UpdateUser command) => throw new NotSupportedException();

    public Task<UserChangeResult> SetRoles(SetUserRoles command) => throw new NotSupportedException();

    public Task<UserChangeResult> SetStatus(SetUserStatus command) => throw new NotSupportedException();

    public Task<UserChangeResult> SetPassword(SetPasswordHash command) => throw new NotSupportedException();

    public Task<UserChangeResult> Delete(DeleteUser command) => throw new NotSupportedException();

    public Task Rehash(RehashPassword command) => throw new NotSupportedException();

    public Task<CodeMail?> GetCode(CodePurpose purpose, string codeId) => Task.FromResult(users.Codes.GetValueOrDefault((purpose, codeId)));

    public Task<string?> GetFormerEmail(DateTimeOffset replacedAt) => Task.FromResult(users.FormerEmails.GetValueOrDefault(replacedAt));

    public Task<CodeOutcome> VerifyEmail(UseCode command) => throw new NotSupportedException();

    public Task RequestPasswordReset() => throw new NotSupportedException();

    public Task<UserCredential?> CheckResetCode(UseCode command) => throw new NotSupportedException();

    public Task<UserChangeResult> ResetPassword(ResetPasswordHash command) => throw new NotSupportedException();
}
