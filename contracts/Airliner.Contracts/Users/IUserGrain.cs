using Orleans.Concurrency;

namespace Airliner.Contracts.Users;

/// <summary>One user: profile, credential, roles, status. Key: the user's id.</summary>
[Alias("airliner.IUserGrain")]
public interface IUserGrain : IGrainWithIntegerKey
{
    /// <summary>Makes the user. The same command again answers the same user.</summary>
    [Alias("Create")]
    Task<RegisterResult> Create(CreateUser command);

    /// <summary>The profile, null where there is no such user, or no longer.</summary>
    [ReadOnly]
    [Alias("Get")]
    Task<UserView?> Get();

    /// <summary>What a login checks and, when it succeeds, puts into the token. Null where there is no such user, or no longer. Asked only inside the user silo.</summary>
    [ReadOnly]
    [Alias("GetCredential")]
    Task<UserCredential?> GetCredential();

    /// <summary>Changes the profile. With an e-mail address in it, asked only by <see cref="IUserAccessGrain"/>.</summary>
    [Alias("Update")]
    Task<UserChangeResult> Update(UpdateUser command);

    /// <summary>Changes the roles. Asked only by <see cref="IUserAccessGrain"/>.</summary>
    [Alias("SetRoles")]
    Task<UserChangeResult> SetRoles(SetUserRoles command);

    /// <summary>Disables or enables the user. Asked only by <see cref="IUserAccessGrain"/>.</summary>
    [Alias("SetStatus")]
    Task<UserChangeResult> SetStatus(SetUserStatus command);

    /// <summary>Takes the hash of a new password. Asked only by <see cref="IUserAccessGrain"/>.</summary>
    [Alias("SetPassword")]
    Task<UserChangeResult> SetPassword(SetPasswordHash command);

    /// <summary>Deletes the user: the name and the e-mail address are free, and of the user the id is left. Asked only by <see cref="IUserAccessGrain"/>.</summary>
    [Alias("Delete")]
    Task<UserChangeResult> Delete(DeleteUser command);

    /// <summary>Keeps the password under another hash, which nobody notices. Asked only inside the user silo.</summary>
    [Alias("Rehash")]
    Task Rehash(RehashPassword command);

    /// <summary>The code that an event named by its id, for the mail that takes it to the user; null where it was replaced, spent, or has expired.</summary>
    [ReadOnly]
    [Alias("GetCode")]
    Task<CodeMail?> GetCode(CodePurpose purpose, string codeId);

    /// <summary>The address that the user had until the change of <paramref name="replacedAt"/>, which is that <c>user_updated</c>'s time; null where none is kept.</summary>
    [ReadOnly]
    [Alias("GetFormerEmail")]
    Task<string?> GetFormerEmail(DateTimeOffset replacedAt);

    /// <summary>Takes the code that was mailed to an address: the address is the user's from then on, and verified. A wrong one is counted.</summary>
    [Alias("VerifyEmail")]
    Task<CodeOutcome> VerifyEmail(UseCode command);

    /// <summary>Has a code mailed by which the password can be set anew; nothing where the user is not active, or was mailed too many.</summary>
    [Alias("RequestPasswordReset")]
    Task RequestPasswordReset();

    /// <summary>What a new password is judged by, where the code to reset it is right, which leaves it good; else null, and a wrong one is counted. Asked only by
    /// <see cref="IUserAccessGrain"/>.</summary>
    [Alias("CheckResetCode")]
    Task<UserCredential?> CheckResetCode(UseCode command);

    /// <summary>Spends the code for the hash of a new password. Asked only by <see cref="IUserAccessGrain"/>.</summary>
    [Alias("ResetPassword")]
    Task<UserChangeResult> ResetPassword(ResetPasswordHash command);
}

/// <summary>Changes what a user may do, and by which password. Any key; the work is done wherever there is room.</summary>
[Alias("airliner.IUserAccessGrain")]
public interface IUserAccessGrain : IGrainWithIntegerKey
{
    /// <summary>Changes the roles; the last active administrator keeps theirs. Where one is taken away the user's sessions end; one that is only added comes with the next refresh.</summary>
    [Alias("SetRoles")]
    Task<UserChangeResult> SetRoles(long userId, SetUserRoles command);

    /// <summary>Disables or enables the user; the last active administrator is not disabled.</summary>
    [Alias("SetStatus")]
    Task<UserChangeResult> SetStatus(long userId, SetUserStatus command);

    /// <summary>Checks the old password where one is given, judges and hashes the new one, and gives it to the user.</summary>
    [Alias("ChangePassword")]
    Task<UserChangeResult> ChangePassword(long userId, ChangePassword command);

    /// <summary>Deletes the user; the last active administrator stays. What the services hold of the user goes soon after, by the event.</summary>
    [Alias("Delete")]
    Task<UserChangeResult> Delete(long userId, DeleteUser command);

    /// <summary>Changes the profile, with its e-mail address: a user who asks for a new one has to know the password.</summary>
    [Alias("ChangeEmail")]
    Task<UserChangeResult> ChangeEmail(long userId, ChangeEmail command);

    /// <summary>Has a code mailed to whoever forgot the password, if the address is an account's. Nobody waits for it: the time must not tell whether it is.</summary>
    [OneWay]
    [Alias("RequestPasswordReset")]
    Task RequestPasswordReset(string email);

    /// <summary>Checks the code, judges and hashes the password, and gives it to the user. A password that is refused leaves the code good.</summary>
    [Alias("ResetPassword")]
    Task<UserChangeResult> ResetPassword(ResetPassword command);
}

/// <summary>Lists of users. Any key.</summary>
[Alias("airliner.IUserQueriesGrain")]
public interface IUserQueriesGrain : IGrainWithIntegerKey
{
    [Alias("List")]
    Task<Page<UserView>> List(UserFilter filter, PageRequest page);

    /// <summary>
    /// What is true of a user now, deleted ones included; null where there never was one. It is read from the table: whoever acts on an event asks this first.
    /// </summary>
    [Alias("GetStanding")]
    Task<UserStanding?> GetStanding(long userId);
}

/// <summary>Registers users. Any key; the work is done wherever there is room.</summary>
[Alias("airliner.IRegistrationGrain")]
public interface IRegistrationGrain : IGrainWithIntegerKey
{
    /// <summary>Hashes the password and makes the user <paramref name="userId"/>, which the caller has allocated. The same command again answers the same user, who may have another id.</summary>
    [Alias("Register")]
    Task<RegisterResult> Register(long userId, RegisterUser command);
}

/// <summary>Checks credentials: the one path for every way in that takes a password. Any key.</summary>
[Alias("airliner.ICredentialsGrain")]
public interface ICredentialsGrain : IGrainWithIntegerKey
{
    /// <summary>Checks a password, if the account's login guard lets the attempt through: in the same way and time whether or not the account exists.</summary>
    [Alias("Validate")]
    Task<CredentialCheck> Validate(CredentialQuery query);
}

/// <summary>The ids of users.</summary>
[Alias("airliner.IUserIdBlocks")]
public interface IUserIdBlocks : Records.IIdBlocks;
