using System.Collections.Concurrent;
using Airliner.ServiceDefaults.Problems;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Airliner.ServiceDefaults.Streams;

/// <summary>How many streams one caller, be it a user or a machine client, may have open at this gateway: <c>Streams:MaxPerCaller</c>, 100 by default.</summary>
public sealed class StreamPermits(IConfiguration configuration)
{
    private const int DefaultMaxPerCaller = 100;

    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, int> _open = new(StringComparer.Ordinal);

    private int MaxPerCaller => configuration.GetValue("Streams:MaxPerCaller", DefaultMaxPerCaller);

    /// <summary>The limit, as the answer to one stream too many tells of it.</summary>
    public RateLimit Limit => new("streams", MaxPerCaller, _retryAfter, _retryAfter);

    /// <summary>Why one stream too many is refused.</summary>
    public string Refusal => $"This caller has {MaxPerCaller} streams open, which is as many as one may: close one first.";

    /// <summary>A permit to open a stream, given back when it is disposed; null where the caller has as many open as one may.</summary>
    public IDisposable? TryTake(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        var caller = http.User.FindFirst("sub")!.Value;
        if (_open.AddOrUpdate(caller, 1, (_, open) => open + 1) <= MaxPerCaller)
            return new Permit(this, caller);
        GiveBack(caller);
        return null;
    }

    /// <summary>The same, for a call by gRPC.</summary>
    /// <exception cref="RpcException"><c>RESOURCE_EXHAUSTED</c>: the caller has as many open as one may.</exception>
    public IDisposable Take(HttpContext http) => TryTake(http) ?? throw new RpcException(new Status(StatusCode.ResourceExhausted, Refusal));

    private void GiveBack(string caller)
    {
        _open.AddOrUpdate(caller, 0, (_, open) => open - 1);
        _open.TryRemove(KeyValuePair.Create(caller, 0));
    }

    private sealed class Permit(StreamPermits permits, string caller) : IDisposable
    {
        private int _isBack;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isBack, 1) == 0)
                permits.GiveBack(caller);
        }
    }
}
