using System.ComponentModel.DataAnnotations;
using Polly;
using Polly.CircuitBreaker;

namespace Airliner.Notifications.Grains.Providers;

/// <summary>
/// When a provider that fails is left alone for a while. Section <c>Notifications:Breaker</c>; each provider has a circuit of its own in each silo.
/// </summary>
internal sealed class BreakerOptions
{
    public const string Section = "Notifications:Breaker";

    /// <summary>The part of what a provider was given that has to fail, above 0 and up to 1.</summary>
    public double FailureRatio { get; set; } = 0.5;

    /// <summary>
    /// How much it has to be given within <see cref="SamplingDuration"/> for that to count, at least 2: a single failure says nothing of a provider.
    /// </summary>
    public int MinimumThroughput { get; set; } = 10;

    /// <summary>The time that is looked at, from half a second to a day.</summary>
    public TimeSpan SamplingDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long it is left alone, from half a second to a day. Then one notification finds out.</summary>
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <exception cref="InvalidOperationException">An option is out of its range; the message names it.</exception>
    public BreakerOptions Checked()
    {
        try
        {
            new ResiliencePipelineBuilder().AddCircuitBreaker(ToStrategy()).Build();
            return this;
        }
        catch (ValidationException error)
        {
            throw new InvalidOperationException($"{Section}: {error.Message}", error);
        }
    }

    /// <summary>As Polly takes them.</summary>
    public CircuitBreakerStrategyOptions ToStrategy() => new()
    {
        FailureRatio = FailureRatio,
        MinimumThroughput = MinimumThroughput,
        SamplingDuration = SamplingDuration,
        BreakDuration = BreakDuration,
    };
}
