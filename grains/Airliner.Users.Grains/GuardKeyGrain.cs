using System.Security.Cryptography;
using Airliner.Contracts.Users;

namespace Airliner.Users.Grains;

/// <summary>The key of the hashes that the login guard knows. Key: 0. Store: the service's grain state.</summary>
[GrainType("guard-key")]
internal sealed class GuardKeyGrain([PersistentState("guard-key", UsersStorage.State)] IPersistentState<GuardKeyState> key) : Grain, IGuardKeyGrain
{
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (key.State.Key.Length > 0)
            return;
        key.State.Key = RandomNumberGenerator.GetBytes(32);
        await key.WriteStateAsync(cancellationToken);
    }

    public Task<byte[]> Get() => Task.FromResult(key.State.Key);
}

/// <summary>The key as stored.</summary>
[GenerateSerializer]
[Alias("airliner.GuardKeyState")]
internal sealed class GuardKeyState
{
    [Id(0)]
    public byte[] Key { get; set; } = [];
}
