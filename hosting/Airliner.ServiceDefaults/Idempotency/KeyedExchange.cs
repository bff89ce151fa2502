using Airliner.Contracts.Idempotency;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Problems;
using Airliner.ServiceDefaults.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Airliner.ServiceDefaults.Idempotency;

/// <summary>One request with a key: it is carried out, or answered with what was answered before.</summary>
/// <param name="key">The key of the grain.</param>
internal sealed partial class KeyedExchange(HttpContext http, string key, StoredAnswerGrains answers, GrainCalls calls, ILogger<KeyedExchange> log)
{
    /// <summary>When to ask again while another try runs: most last milliseconds.</summary>
    private const string RetryAfterSeconds = "1";

    private readonly Guid _tryId = Guid.NewGuid();

    /// <summary>Has <paramref name="respond"/> write the answer, if the key lets this try through.</summary>
    /// <param name="request">The hash of what is asked for.</param>
    public async Task RunAsync(byte[] request, Func<Task> respond)
    {
        var reservation = await Call(grain => grain.Reserve(new ReserveAnswer(_tryId, request, http.Caller().UserId)));
        switch (reservation.Outcome)
        {
            case ReservationOutcome.OtherBody:
                await Problem.Of(StatusCodes.Status422UnprocessableEntity, $"This {IdempotencyKey.Header} stands for another request: take a new one.").ExecuteAsync(http);
                break;
            case ReservationOutcome.InFlight:
                http.Response.Headers.RetryAfter = RetryAfterSeconds;
                await Problem.Conflict($"A request with this {IdempotencyKey.Header} is being carried out.").ExecuteAsync(http);
                break;
            case ReservationOutcome.Answered:
                await AnswerRecording.ReplayAsync(http.Response, reservation.Answer!);
                break;
            default:
                await CarryOutAsync(reservation.CommandId, respond);
                break;
        }
    }

    private async Task CarryOutAsync(string commandId, Func<Task> respond)
    {
        var command = new KeyedCommand(commandId) { UserId = http.Caller().UserId };
        http.Features.Set(command);
        StoredAnswer answer;
        try
        {
            answer = await AnswerRecording.RecordAsync(http, respond);
        }
        catch
        {
            // The exception is answered outside, with what is not kept: the key is free for the next try, which is the same command.
            await EndAsync(grain => grain.Release(_tryId));
            throw;
        }

        await EndAsync(AnswerRecording.IsKept(http.Response, answer)
            ? grain => grain.Keep(new KeepAnswer(_tryId, answer, command.UserId))
            : grain => grain.Release(_tryId));
        await AnswerRecording.WriteBodyAsync(http.Response, answer.Body);
    }

    /// <summary>
    /// Ends the try. What was done is done, so its answer is given even where that fails; the key is then held a while longer, and the next try is the same
    /// command.
    /// </summary>
    private async Task EndAsync(Func<IStoredAnswerGrain, Task> end)
    {
        try
        {
            await calls.Call(grains => end(answers(grains, key)));
        }
        catch (Exception error)
        {
            LogNotEnded(http.Request.Method, http.Request.Path, error.Message);
        }
    }

    private Task<T> Call<T>(Func<IStoredAnswerGrain, Task<T>> call) => calls.Call(grains => call(answers(grains, key)));

    [LoggerMessage(LogLevel.Warning, "The answer to {Method} {Path} could not be kept for its idempotency key: {Reason}")]
    private partial void LogNotEnded(string method, string path, string reason);
}
