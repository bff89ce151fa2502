using Orleans.Concurrency;

namespace Airliner.Contracts.Users;

/// <summary>
/// The key of the hashes by which the login guard knows names and addresses. It is kept apart from them: they are in another service's database.
/// One grain, key 0.
/// </summary>
[Alias("airliner.IGuardKeyGrain")]
public interface IGuardKeyGrain : IGrainWithIntegerKey
{
    /// <summary>256 random bits, made once. Asked only inside the user silo.</summary>
    [ReadOnly]
    [Alias("Get")]
    Task<byte[]> Get();
}
