using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Airliner.Benchmark.Processes;

namespace Airliner.Benchmark.Load;

/// <summary>Callers that log in one time after another, each as soon as it is answered. One that is told to come back later does so then, as clients should.</summary>
internal sealed class LoginPressure : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _refused = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly Task _callers;
    private int _loggedIn;
    private int _busy;
    private int _others;

    private LoginPressure(int port, IReadOnlyList<Account> accounts, int callers) => _callers = Task.WhenAll(
        Enumerable.Range(0, callers).Select(caller => Task.Run(() => LogInAsync(new Uri($"http://127.0.0.1:{port}/api/v1/airliner/login"), accounts[caller % accounts.Count]))));

    /// <summary>Begins, and returns once the first one was refused with 503: then as many wait as may.</summary>
    public static async Task<LoginPressure> StartAsync(int port, IReadOnlyList<Account> accounts, int callers, CancellationToken cancellation)
    {
        var pressure = new LoginPressure(port, accounts, callers);
        await pressure._refused.Task.WaitAsync(TimeSpan.FromSeconds(60), cancellation);
        return pressure;
    }

    /// <summary>What was answered so far, a second.</summary>
    public (double LoggedIn, double Busy, double Others) PerSecond()
    {
        var seconds = Stopwatch.GetElapsedTime(_started).TotalSeconds;
        return (_loggedIn / seconds, _busy / seconds, _others / seconds);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _callers;
        _http.Dispose();
        _stop.Dispose();
    }

    private void Count(HttpStatusCode status)
    {
        if (status == HttpStatusCode.OK)
        {
            Interlocked.Increment(ref _loggedIn);
        }
        else if (status == HttpStatusCode.ServiceUnavailable)
        {
            Interlocked.Increment(ref _busy);
            _refused.TrySetResult();
        }
        else
        {
            Interlocked.Increment(ref _others);
        }
    }

    private async Task LogInAsync(Uri address, Account account)
    {
        try
        {
            while (true)
            {
                using var answer = await _http.PostAsJsonAsync(address, new { username = account.Username, password = Accounts.Password }, _stop.Token);
                Count(answer.StatusCode);
                if (answer.Headers.RetryAfter?.Delta is { } later)
                    await Task.Delay(later, _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // It was enough.
        }
    }
}
