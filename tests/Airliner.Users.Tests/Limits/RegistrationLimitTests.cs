using System.Net;
using System.Net.Http.Json;
using Airliner.Testing;
using Xunit;

namespace Airliner.Users.Tests.Limits;

public sealed class RegistrationLimitTests(RunningSystem system)
{
    [Fact]
    public async Task Of_a_hundred_parallel_registrations_of_an_address_exactly_the_permits_are_taken()
    {
        var name = $"limit{Guid.NewGuid():n}"[..20];

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => RegisterAsync("192.0.2.1", name, i % 2 == 0 ? "registerUser" : "users/register")));

        Assert.Equal(1, answers.Count(answer => answer.StatusCode == HttpStatusCode.Created));
        Assert.Equal(19, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
        Assert.Equal(80, answers.Count(answer => answer.StatusCode == HttpStatusCode.TooManyRequests));
        var refused = answers.First(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        await refused.ProblemAsync(HttpStatusCode.TooManyRequests, "RATE_LIMITED");
        var seconds = refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds;
        Assert.InRange(seconds, 1, 60);
        Assert.Equal([$"\"registration\";r=0;t={seconds}"], refused.Headers.GetValues("RateLimit"));
        Assert.Equal(["\"registration\";q=20;w=1200"], refused.Headers.GetValues("RateLimit-Policy"));
        using var elsewhere = await RegisterAsync("192.0.2.2", $"limit{Guid.NewGuid():n}"[..20], "registerUser");
        Assert.Equal(HttpStatusCode.Created, elsewhere.StatusCode);
        foreach (var answer in answers)
            answer.Dispose();
    }

    [Fact]
    public async Task A_registration_that_is_wrong_takes_no_permit()
    {
        for (var i = 0; i < 25; i++)
        {
            using var wrong = await RegisterAsync("192.0.2.3", "no", "registerUser");
            await wrong.InvalidAsync("username");
        }

        using var right = await RegisterAsync("192.0.2.3", $"limit{Guid.NewGuid():n}"[..20], "registerUser");
        Assert.Equal(HttpStatusCode.Created, right.StatusCode);
    }

    private async Task<HttpResponseMessage> RegisterAsync(string address, string username, string route)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/airliner/{route}")
        {
            Content = JsonContent.Create(new { username, email = $"{username}@example.com", password = "correct horse battery", firstName = "Ada", lastName = "Byron" }),
        };
        request.Headers.Add("X-Forwarded-For", address);
        return await system.Users.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
