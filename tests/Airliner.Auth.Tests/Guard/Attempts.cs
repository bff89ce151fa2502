using System.Net.Http.Json;
using Airliner.Testing;

namespace Airliner.Auth.Tests.Guard;

/// <summary>Attempts from addresses of the test's choice, through the proxy that the system trusts.</summary>
internal static class Attempts
{
    private static int _last;

    /// <summary>An address that no other test comes from (RFC 2544's network for tests).</summary>
    public static string NewAddress()
    {
        var next = Interlocked.Increment(ref _last);
        return $"198.18.{next / 250}.{(next % 250) + 1}";
    }

    public static async Task<HttpResponseMessage> PostAsync(this RunningGateway gateway, string path, string address, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, body.GetType()) };
        request.Headers.Add("X-Forwarded-For", address);
        return await gateway.Http.SendAsync(request);
    }

    /// <summary>The status of a login.</summary>
    public static async Task<int> LogInAsync(this RunningSystem system, string address, string username, string password)
    {
        using var answer = await system.Auth.PostAsync("/api/v1/airliner/login", address, new { username, password });
        return (int)answer.StatusCode;
    }

    /// <summary>Wrong passwords, one after another; their statuses.</summary>
    public static async Task<int[]> FailAsync(this RunningSystem system, string address, string username, int times)
    {
        var statuses = new int[times];
        for (var i = 0; i < times; i++)
            statuses[i] = await system.LogInAsync(address, username, "wrong horse");
        return statuses;
    }
}
