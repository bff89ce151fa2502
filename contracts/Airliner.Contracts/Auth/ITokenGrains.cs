namespace Airliner.Contracts.Auth;

/// <summary>Takes passwords and client secrets, and gives tokens for them. Any key.</summary>
[Alias("airliner.ILoginGrain")]
public interface ILoginGrain : IGrainWithIntegerKey
{
    /// <summary>Checks the credentials with the user silo and opens a session.</summary>
    [Alias("Login")]
    Task<LoginResult> Login(LoginCommand command);
}

/// <summary>One machine client. Key: the client id.</summary>
[Alias("airliner.IClientGrain")]
public interface IClientGrain : IGrainWithStringKey
{
    /// <summary>Makes the client; null where it exists, unless the same command made it.</summary>
    [Alias("Create")]
    Task<ClientView?> Create(CreateClient command);

    /// <summary>Gives it another secret; the old one is no longer good. Null where there is no such client.</summary>
    [Alias("Rotate")]
    Task<ClientView?> Rotate(string secret);

    /// <summary>Ends it, and revokes its tokens. False where there is no such client.</summary>
    [Alias("Delete")]
    Task<bool> Delete();

    /// <summary>Whether this is the client's secret.</summary>
    [Alias("Authenticate")]
    Task<bool> Authenticate(string secret);

    /// <summary>The <c>client_credentials</c> grant (RFC 6749 §4.4).</summary>
    [Alias("IssueToken")]
    Task<ClientTokenResult> IssueToken(string secret, string? scope);
}

/// <summary>Lists machine clients. Any key.</summary>
[Alias("airliner.IClientQueriesGrain")]
public interface IClientQueriesGrain : IGrainWithIntegerKey
{
    /// <summary>Every machine client, by id.</summary>
    [Alias("List")]
    Task<IReadOnlyList<ClientView>> List();
}

/// <summary>The keys that sign access tokens. One grain, key 0.</summary>
[Alias("airliner.ISigningKeysGrain")]
public interface ISigningKeysGrain : IGrainWithIntegerKey
{
    /// <summary>What verifiers need: every key that is announced, signing or not yet retired.</summary>
    [Alias("GetPublicKeys")]
    Task<IReadOnlyList<PublicKey>> GetPublicKeys();

    /// <summary>The key to sign with. Asked only inside the auth silo.</summary>
    [Alias("GetSigningKey")]
    Task<SigningKey> GetSigningKey();
}
