using System.Diagnostics;
using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;

namespace Airliner.Notifications.Grains.Providers;

/// <summary>A provider behind a circuit breaker. What fails is told each time: in the attempt, in the log and in a metric.</summary>
internal sealed partial class ProviderCircuit
{
    private readonly CircuitBreakerStateProvider _state = new();
    private readonly ResiliencePipeline _circuit;
    private readonly TimeSpan _sendTimeout;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    /// <param name="sendTimeout">How long the provider may take for one notification.</param>
    public ProviderCircuit(IChannelProvider provider, BreakerOptions options, TimeSpan sendTimeout, TimeProvider time, ILogger log)
    {
        (Provider, _sendTimeout, _time, _log) = (provider, sendTimeout, time, log);
        var strategy = options.ToStrategy();
        strategy.StateProvider = _state;
        // A refusal is of the notification, and who cannot be reached is one recipient: the provider works, and no user can close it for the others.
        strategy.ShouldHandle = new PredicateBuilder().Handle<Exception>(error => error is not (DeliveryRefusedException or RecipientUnreachableException));
        strategy.OnOpened = opened =>
        {
            LogOpened(provider.Channel, provider.Name, opened.BreakDuration.TotalSeconds);
            return default;
        };
        strategy.OnClosed = _ =>
        {
            LogClosed(provider.Channel, provider.Name);
            return default;
        };
        _circuit = new ResiliencePipelineBuilder { TimeProvider = time }.AddCircuitBreaker(strategy).Build();
    }

    public IChannelProvider Provider { get; }

    /// <summary>Whether the provider is asked as if it had never failed.</summary>
    public bool IsClosed => _state.CircuitState == CircuitState.Closed;

    /// <summary>Hands the notification over, unless the provider is left alone now.</summary>
    public async Task<(DeliveryOutcome Outcome, DeliveryAttempt Attempt, TimeSpan RetryAfter)> TryAsync(OutgoingNotification notification)
    {
        using var span = DeliveryTraces.HandOver(Provider);
        try
        {
            var answer = await _circuit.ExecuteAsync(async _ => await SendAsync(notification), CancellationToken.None);
            Answered(span, "taken");
            return (DeliveryOutcome.Sent, Attempts.Taken(_time.Now(), Provider.Name, answer), TimeSpan.Zero);
        }
        catch (DeliveryRefusedException refused)
        {
            Answered(span, "refused", refused);
            return (DeliveryOutcome.Refused, Failed(refused.Message), TimeSpan.Zero);
        }
        catch (RecipientUnreachableException unreachable)
        {
            Answered(span, "unreachable", unreachable);
            return (unreachable.MayBeTriedAgain ? DeliveryOutcome.Failed : DeliveryOutcome.Unreachable, Failed(unreachable.Message), unreachable.RetryAfter);
        }
        catch (BrokenCircuitException open)
        {
            Answered(span, "not_asked", open);
            return (DeliveryOutcome.Failed, Failed("Not asked: it has failed too often, and is left alone for a while."), open.RetryAfter ?? TimeSpan.Zero);
        }
        catch (Exception error)
        {
            // The error's text may hold the address, so it is in the attempt, which an erasure clears, and not in the log.
            Answered(span, "failed", error);
            LogFailed(notification.Id, Provider.Channel, Provider.Name, error.GetType().Name);
            return (DeliveryOutcome.Failed, Failed(error.Message), (error as DeliveryDelayedException)?.RetryAfter ?? TimeSpan.Zero);
        }
    }

    private async Task<string> SendAsync(OutgoingNotification notification)
    {
        using var timeout = new CancellationTokenSource(_sendTimeout, _time);
        try
        {
            return await Provider.SendAsync(notification, timeout.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"No answer within {_sendTimeout.TotalSeconds:0} seconds.");
        }
    }

    private void Answered(Activity? span, string outcome, Exception? error = null)
    {
        ProviderInstruments.Answered(Provider, outcome);
        DeliveryTraces.Answered(span, outcome, error);
    }

    private DeliveryAttempt Failed(string error) => Attempts.Failed(_time.Now(), Provider.Name, error);

    [LoggerMessage(LogLevel.Warning, "Notification {Id} was not taken by the {Channel} provider {Provider}: {Error}")]
    private partial void LogFailed(long id, string channel, string provider, string error);

    [LoggerMessage(LogLevel.Warning, "The {Channel} provider {Provider} fails, and is left alone for {Seconds} seconds")]
    private partial void LogOpened(string channel, string provider, double seconds);

    [LoggerMessage(LogLevel.Information, "The {Channel} provider {Provider} works again")]
    private partial void LogClosed(string channel, string provider);
}
