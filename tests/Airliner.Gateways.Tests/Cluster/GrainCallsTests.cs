using Airliner.Contracts.Records;
using Airliner.ServiceDefaults.Cluster;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Storage;
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

    [Fact]
    public async Task A_command_whose_only_try_found_no_database_was_certainly_not_carried_out() =>
        Assert.True(await IsCertainlyNotDoneAsync(new StorageUnavailableException("away")));

    [Fact]
    public async Task A_command_may_have_been_carried_out_by_a_try_before_the_one_that_found_no_database() =>
        Assert.False(await IsCertainlyNotDoneAsync(new InconsistentStateException("unknown"), new StorageUnavailableException("away")));

    [Fact]
    public async Task A_command_may_have_been_carried_out_by_a_try_that_had_no_answer() => Assert.False(await IsCertainlyNotDoneAsync(new TimeoutException()));

    private async Task<bool> IsCertainlyNotDoneAsync(params Exception[] failures)
    {
        var isNotDone = false;

        await Assert.ThrowsAsync(failures[^1].GetType(), () => _calls.Call(_ => Task.FromException<string>(failures[_tries++]), notDone: () => isNotDone = true));

        Assert.Equal(failures.Length, _tries);
        return isNotDone;
    }
}
