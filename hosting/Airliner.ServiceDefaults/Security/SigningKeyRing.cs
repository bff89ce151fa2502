using System.Runtime.ExceptionServices;
using Airliner.Contracts.Auth;
using Airliner.ServiceDefaults.Cluster;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace Airliner.ServiceDefaults.Security;

/// <summary>
/// The public keys that verify access tokens, fetched from the auth silo and kept. A key id that is not known causes one fetch, at most once a second, so that
/// invented key ids cost nothing. Keys that are forgotten there are forgotten here some minutes later, also by a gateway that nobody calls meanwhile; while the
/// silo is away, those that are known stay good.
/// </summary>
internal sealed partial class SigningKeyRing(GrainCalls calls, TimeProvider time, ILogger<SigningKeyRing> log) : IDisposable
{
    private static readonly TimeSpan _shortestInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _refreshInterval = TimeSpan.FromMinutes(5);

    /// <summary>After it, keys are not used before they have been asked for again.</summary>
    private static readonly TimeSpan _longestSilence = 2 * _refreshInterval;

    private readonly SemaphoreSlim _fetching = new(1);
    private Dictionary<string, SecurityKey> _keys = [];
    private long _fetchedAt;
    private Exception? _failure;

    private TimeSpan SinceFetched => Volatile.Read(ref _fetchedAt) is > 0 and var at ? time.GetElapsedTime(at) : TimeSpan.MaxValue;

    /// <summary>The key, null where there is none of that id.</summary>
    public async ValueTask<SecurityKey?> FindAsync(string keyId)
    {
        if (_keys.TryGetValue(keyId, out var known))
        {
            if (SinceFetched >= _longestSilence)
            {
                await RefreshAsync(Timeout.InfiniteTimeSpan);
                return _keys.GetValueOrDefault(keyId);
            }

            if (SinceFetched >= _refreshInterval)
                _ = RefreshAsync(TimeSpan.Zero);
            return known;
        }

        await _fetching.WaitAsync();
        try
        {
            if (!_keys.ContainsKey(keyId) && SinceFetched >= _shortestInterval)
                await FetchAsync();
            else if (_failure is not null && !_keys.ContainsKey(keyId))
                ExceptionDispatchInfo.Throw(_failure);
        }
        finally
        {
            _fetching.Release();
        }

        return _keys.GetValueOrDefault(keyId);
    }

    /// <summary>Fetches the keys that are known anew, unless another does.</summary>
    private async Task RefreshAsync(TimeSpan patience)
    {
        if (!await _fetching.WaitAsync(patience))
            return;
        try
        {
            if (SinceFetched >= _refreshInterval)
                await FetchAsync();
        }
        catch (Exception error)
        {
            LogStale(error.Message);
        }
        finally
        {
            _fetching.Release();
        }
    }

    /// <summary>Fetches the keys. A failure is kept as long as an answer would be: those who wait here do not each wait for a silo that is away.</summary>
    private async Task FetchAsync()
    {
        try
        {
            var keys = await calls.Call(grains => grains.GetGrain<ISigningKeysGrain>(0).GetPublicKeys());
            _keys = keys.ToDictionary(key => key.KeyId, SecurityKeyOf);
            _failure = null;
        }
        catch (Exception error)
        {
            _failure = error;
            throw;
        }
        finally
        {
            Volatile.Write(ref _fetchedAt, time.GetTimestamp());
        }
    }

    public void Dispose() => _fetching.Dispose();

    [LoggerMessage(LogLevel.Warning, "The signing keys cannot be fetched anew; those that are known stay good: {Reason}")]
    private partial void LogStale(string reason);

    private static SecurityKey SecurityKeyOf(PublicKey key) =>
        new JsonWebKey { Kty = JsonWebAlgorithmsKeyTypes.EllipticCurve, Crv = JsonWebKeyECTypes.P256, X = key.X, Y = key.Y, KeyId = key.KeyId };
}
