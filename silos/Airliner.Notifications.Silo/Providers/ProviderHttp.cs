using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Airliner.Notifications.Grains.Providers;

namespace Airliner.Notifications.Silo.Providers;

/// <summary>Sends requests to HTTP providers, and reads what they answer.</summary>
internal static class ProviderHttp
{
    private const int MostBytesRead = 8 * 1024;

    private static readonly TimeSpan _longestRetryAfter = TimeSpan.FromHours(1);

    /// <summary>Sends the request; ends with the beginning of the answer's body, which is all that is read.</summary>
    public static async Task<ProviderAnswer> AskAsync(this HttpClient client, HttpRequestMessage request, TimeProvider time, CancellationToken cancellationToken)
    {
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return new(answer.StatusCode, await ReadAsync(answer.Content, cancellationToken), answer.Headers.RetryAfter.ToWait(time));
    }

    /// <summary>How long the answer's header asks to be left alone, an hour at most; null where it does not.</summary>
    public static TimeSpan? ToWait(this RetryConditionHeaderValue? header, TimeProvider time)
    {
        var asked = header?.Delta ?? header?.Date - time.GetUtcNow();
        return asked > _longestRetryAfter ? _longestRetryAfter : asked;
    }

    /// <summary>The body's beginning. The status has said already what became of the message: a body that breaks off changes nothing.</summary>
    private static async Task<string> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var buffer = new byte[MostBytesRead];
        var length = 0;
        try
        {
            await using var stream = await content.ReadAsStreamAsync(cancellationToken);
            length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        }
        catch (Exception error) when (error is IOException or HttpRequestException or OperationCanceledException)
        {
            return "";
        }

        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}

/// <summary>What a provider answered.</summary>
/// <param name="RetryAfter">How long it wants to be left alone, an hour at most; null where it does not say.</param>
internal sealed record ProviderAnswer(HttpStatusCode Status, string Body, TimeSpan? RetryAfter)
{
    private const int MostShown = 200;

    public bool IsTaken => (int)Status is >= 200 and < 300;

    /// <summary>The error of a message that another try, or another provider, may get through.</summary>
    public Exception Failure() => RetryAfter is { } wait && wait > TimeSpan.Zero
        ? new DeliveryDelayedException(ToString(), wait)
        : new HttpRequestException(ToString(), null, Status);

    /// <summary>Status and beginning of the body.</summary>
    public override string ToString() => $"{(int)Status} {(Body.Length > MostShown ? Body[..MostShown] : Body)}";
}
