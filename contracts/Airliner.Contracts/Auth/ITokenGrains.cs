using Orleans.Concurrency;

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
    /// <summary>Makes the client; false where it exists.</summary>
    [Alias("Create")]
    Task<bool> Create(string secret, IReadOnlyList<string> scopes);

    /// <summary>The <c>client_credentials</c> grant (RFC 6749 §4.4).</summary>
    [Alias("IssueToken")]
    Task<ClientTokenResult> IssueToken(string secret, string? scope);
}

/// <summary>The keys that sign access tokens. One grain, key 0.</summary>
[Alias("airliner.ISigningKeysGrain")]
public interface ISigningKeysGrain : IGrainWithIntegerKey
{
    /// <summary>What verifiers need: every key that is announced, signing or not yet retired.</summary>
    [ReadOnly]
    [Alias("GetPublicKeys")]
    Task<IReadOnlyList<PublicKey>> GetPublicKeys();

    /// <summary>The key to sign with. Asked only inside the auth silo.</summary>
    [ReadOnly]
    [Alias("GetSigningKey")]
    Task<SigningKey> GetSigningKey();
}
