using System.Net;
using Airliner.Contracts.Auth;
using Airliner.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Airliner.Auth.Tests.Guard;

public sealed class LoginLimitTests(RunningSystem system)
{
    [Theory]
    [InlineData("/api/v1/airliner/login")]
    [InlineData("/api/v1/eventstreammonitor/login")]
    [InlineData("/api/v1/eventstreammonitor/auth/login")]
    [InlineData("/api/v1/airliner/generateToken")]
    [InlineData("/api/v1/eventstreammonitor/generateToken")]
    [InlineData("/api/v1/eventstreammonitor/auth/generateToken")]
    public async Task An_address_that_has_used_up_its_logins_is_refused_and_another_is_not(string route)
    {
        var user = await system.NewUserAsync();
        var address = Attempts.NewAddress();
        var limit = system.Silo.GetRequiredService<IGrainFactory>().GetGrain<ILoginLimitGrain>(address);
        while ((await limit.Take()).IsAdmitted)
        {
        }

        // A permit comes back each second: whoever asks often enough in between meets the limit.
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => system.Auth.PostAsync(route, address, new { user.UserId, user.Username, user.Password })));

        var refused = answers.First(answer => answer.StatusCode != HttpStatusCode.OK);
        await refused.ProblemAsync(HttpStatusCode.TooManyRequests, "RATE_LIMITED");
        Assert.Equal(["\"login\";q=300;w=300"], refused.Headers.GetValues("RateLimit-Policy"));
        Assert.Equal(["\"login\";r=0;t=1"], refused.Headers.GetValues("RateLimit"));
        Assert.Equal(1, refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
        using var elsewhere = await system.Auth.PostAsync(route, Attempts.NewAddress(), new { user.UserId, user.Username, user.Password });
        Assert.Equal(HttpStatusCode.OK, elsewhere.StatusCode);
        foreach (var answer in answers)
            answer.Dispose();
    }
}
