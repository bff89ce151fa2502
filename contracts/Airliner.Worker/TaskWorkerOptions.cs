using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Airliner.Worker;

/// <summary>Where a worker works, and as whom.</summary>
public sealed record TaskWorkerOptions
{
    /// <summary>The gRPC port of a gateway of Task Processing, for example <c>http://127.0.0.1:9092</c>.</summary>
    public required Uri Gateway { get; init; }

    /// <summary>Where tokens are had, for example <c>http://127.0.0.1:5004/oauth2/token</c>.</summary>
    public required Uri TokenEndpoint { get; init; }

    /// <summary>A machine client with the scope <c>tasks.work</c>.</summary>
    public required string ClientId { get; init; }

    public required string ClientSecret { get; init; }

    /// <summary>
    /// Of this process alone among those of the client: 1–100 of <c>A–Z a–z 0–9 . _ -</c>. A process that comes back under the id that it had is given again what
    /// it had been given, before that runs out. Null for one that no other has.
    /// </summary>
    public string? WorkerId { get; init; }

    /// <summary>How long a worker that stops waits for its tasks to end before it hands them back.</summary>
    public TimeSpan StopsWithin { get; init; } = TimeSpan.FromSeconds(20);

    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Without the secret.</summary>
    public override string ToString() => $"TaskWorkerOptions {{ {ClientId}/{WorkerId} at {Gateway} }}";
}
