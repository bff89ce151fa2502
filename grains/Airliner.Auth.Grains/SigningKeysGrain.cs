using Airliner.Contracts;
using Airliner.Contracts.Audit;
using Airliner.Contracts.Auth;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Airliner.Auth.Grains;

/// <summary>
/// The ES256 keys that sign access tokens, which follow one another by themselves: whoever asks for a key finds the keys as they are to be at that time.
/// Key: 0. Store: the service's grain state.
/// </summary>
[GrainType("signing-keys")]
internal sealed partial class SigningKeysGrain(
    [PersistentState("signing-keys", AuthStorage.Service)] IPersistentState<SigningKeysState> keys,
    SigningKeyVault vault,
    SigningKeysOptions options,
    [FromKeyedServices(AuthStorage.Service)] IAuditLog audit,
    TimeProvider time,
    ILogger<SigningKeysGrain> log) : Grain, ISigningKeysGrain
{
    public async Task<IReadOnlyList<PublicKey>> GetPublicKeys()
    {
        await RotateAsync();
        await AuditAsync();
        return [.. keys.State.Keys.Select(key => key.Public)];
    }

    public async Task<SigningKey> GetSigningKey()
    {
        await RotateAsync();
        await AuditAsync();
        var key = keys.State.SigningAt(time.Now());
        return new SigningKey(key.KeyId, vault.Open(key.KeyId, key.SealedPrivateKey));
    }

    private async Task RotateAsync()
    {
        var before = keys.State.Keys;
        var now = keys.State.At(time.Now(), options, from => StoredKey.Make(vault, from));
        if (ReferenceEquals(before, now))
            return;
        keys.State.Keys = now;
        try
        {
            await keys.WriteStateAsync();
        }
        catch
        {
            keys.State.Keys = before;
            throw;
        }

        foreach (var added in now.Except(before))
            LogAnnounced(added.KeyId, added.SignsFrom);
        foreach (var gone in before.Except(now))
            LogForgotten(gone.KeyId);
    }

    /// <summary>
    /// Writes into the audit log which keys are new. They are kept elsewhere, so it is noted which were written: a fault between the two lets one be written twice, and
    /// none go missing.
    /// </summary>
    private async Task AuditAsync()
    {
        var announced = keys.State.Unaudited.ToArray();
        if (announced.Length == 0)
            return;
        foreach (var key in announced)
            await audit.AppendAsync(new AuditEntry("signing_key_announced", time.Now(), Details: new { key.KeyId, key.SignsFrom }));
        keys.State.AuditedKeyId = announced[^1].KeyId;
        try
        {
            await keys.WriteStateAsync();
        }
        catch (InconsistentStateException)
        {
            // Another activation was first: the keys are the same, and whoever asks next reads them as they are stored.
            DeactivateOnIdle();
        }
    }

    [LoggerMessage(LogLevel.Information, "The signing key {KeyId} is announced; it signs from {SignsFrom} on")]
    private partial void LogAnnounced(string keyId, DateTimeOffset signsFrom);

    [LoggerMessage(LogLevel.Information, "The signing key {KeyId} is forgotten; no token that it signed is good any more")]
    private partial void LogForgotten(string keyId);
}
