using System.Net;
using Airliner.Testing;
using Grpc.Health.V1;
using Xunit;

namespace Airliner.Gateways.Tests;

/// <summary>Stops the database, so it runs while no other test does.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

[Collection(nameof(Alone))]
public sealed class OutageTests(RunningSystem system)
{
    private const string Register = "/api/v1/airliner/registerUser";

    [Fact]
    public async Task Without_the_database_nothing_is_acknowledged_and_afterwards_nothing_is_lost()
    {
        var before = await system.NewUserAsync();
        var body = Body();
        await system.Postgres.StopAsync();
        try
        {
            using var register = await system.Users.SendAsync(HttpMethod.Post, Register, body: body);
            await UnavailableAsync(register);
            using var login = await system.Auth.SendAsync(HttpMethod.Post, "/api/v1/airliner/login", body: new { before.Username, before.Password });
            await UnavailableAsync(login);
            using var token = await system.Auth.Http.PostAsync(new Uri("/oauth2/token", UriKind.Relative), ClientCredentials(), TestContext.Current.CancellationToken);
            Assert.Equal("temporarily_unavailable", (await token.JsonAsync(HttpStatusCode.ServiceUnavailable)).GetProperty("error").GetString());
            Assert.True(token.Headers.RetryAfter!.Delta > TimeSpan.Zero);
            Assert.True(token.Headers.CacheControl!.NoStore);
            using var health = await system.Users.SendAsync(HttpMethod.Get, "/health");
            var unhealthy = await health.JsonAsync(HttpStatusCode.ServiceUnavailable);
            Assert.Equal(("unhealthy", "usermanagement"), (unhealthy.GetProperty("status").GetString(), unhealthy.GetProperty("service").GetString()));
            Assert.DoesNotContain("127.0.0.1", unhealthy.ToString(), StringComparison.Ordinal);
            Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, await GrpcHealthAsync());
            using var live = await system.Users.SendAsync(HttpMethod.Get, "/livez");
            await live.JsonAsync(HttpStatusCode.OK);
        }
        finally
        {
            await system.Postgres.StartAsync();
        }

        // The pools may hold dead connections yet, which one request each finds out.
        await system.Users.EventuallyAsync(HttpMethod.Get, "/readyz", HttpStatusCode.OK);
        await system.Auth.EventuallyAsync(HttpMethod.Get, "/readyz", HttpStatusCode.OK);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, await GrpcHealthAsync());
        await system.LogInAsync(before.Username, before.Password);
        using var again = await system.Users.SendAsync(HttpMethod.Post, Register, body: body);
        await again.JsonAsync(HttpStatusCode.Created);
    }

    private async Task<HealthCheckResponse.Types.ServingStatus> GrpcHealthAsync() => (await new Health.HealthClient(system.Users.Grpc).CheckAsync(
        new HealthCheckRequest { Service = "airliner.users.v1.UserValidation" }, cancellationToken: TestContext.Current.CancellationToken)).Status;

    /// <summary>Of a client that no silo has in memory.</summary>
    private static FormUrlEncodedContent ClientCredentials() =>
        new(new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = $"c_{Guid.NewGuid():n}", ["client_secret"] = "x" });

    private static object Body()
    {
        var username = $"u{Guid.NewGuid():n}"[..20];
        return new { username, email = $"{username}@example.com", password = "correct horse battery", firstName = "Ada", lastName = "Byron" };
    }

    private static async Task UnavailableAsync(HttpResponseMessage answer)
    {
        var problem = await answer.ProblemAsync(HttpStatusCode.ServiceUnavailable, "UNAVAILABLE");
        Assert.True(answer.Headers.RetryAfter!.Delta > TimeSpan.Zero);
        Assert.DoesNotContain("connect", problem.ToString(), StringComparison.OrdinalIgnoreCase);
    }
}
