using Airliner.ServiceDefaults.Cluster;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Airliner.Gateways.Tests.Cluster;

public sealed class GrainCallsTests
{
    private readonly GrainCalls _calls = new(null!, TimeProvider.System, NullLogger<GrainCalls>.Instance);
    private int _tries;

    [Fact]
    public async Task A_call_that_a_silo_gave_up_before_its_grain_had_it_is_made_again()
    {
        var answer = await _calls.Call(_ => ++_tries == 1 ? throw new OperationCanceledException() : Task.FromResult("answer"), TestContext.Current.CancellationToken);

        Assert.Equal(("answer", 2), (answer, _tries));
    }

    [Fact]
    public async Task A_call_that_silos_give_up_again_and_again_ends_after_four_tries()
    {
        await Assert.ThrowsAsync<OperationCanceledException>(() => _calls.Call<string>(
            _ =>
            {
                _tries++;
                throw new OperationCanceledException();
            },
            TestContext.Current.CancellationToken));

        Assert.Equal(4, _tries);
    }

    [Fact]
    public async Task What_its_caller_has_cancelled_is_not_called_again()
    {
        using var cancelled = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _calls.Call<string>(
            _ =>
            {
                _tries++;
                cancelled.Cancel();
                throw new OperationCanceledException(cancelled.Token);
            },
            cancelled.Token));

        Assert.Equal(1, _tries);
    }
}
