using Orleans.Concurrency;

namespace Airliner.Contracts.Users;

/// <summary>One user: profile, credential, roles, status. Key: the user's id.</summary>
[Alias("airliner.IUserGrain")]
public interface IUserGrain : IGrainWithIntegerKey
{
    /// <summary>Makes the user. The same command again answers the same user.</summary>
    [Alias("Create")]
    Task<RegisterResult> Create(CreateUser command);

    /// <summary>The profile, null where there is no such user.</summary>
    [ReadOnly]
    [Alias("Get")]
    Task<UserView?> Get();

    /// <summary>What a login checks and, when it succeeds, puts into the token. Null where there is no such user. Asked only inside the user silo.</summary>
    [ReadOnly]
    [Alias("GetCredential")]
    Task<UserCredential?> GetCredential();
}

/// <summary>Registers users. Any key; the work is done wherever there is room.</summary>
[Alias("airliner.IRegistrationGrain")]
public interface IRegistrationGrain : IGrainWithIntegerKey
{
    /// <summary>Hashes the password and makes the user <paramref name="userId"/>, which the caller has allocated.</summary>
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
