using Airliner.Auth.V1;
using Airliner.Testing;
using Airliner.Users.V1;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1Alpha;
using Xunit;

namespace Airliner.Auth.Tests;

/// <summary>What machine clients call.</summary>
public sealed class GrpcTests(RunningSystem system)
{
    [Fact]
    public async Task Without_a_token_and_with_a_users_token_nothing_is_answered()
    {
        var user = await system.NewUserAsync();
        var users = new UserValidation.UserValidationClient(system.Users.Grpc);
        var tokens = new TokenValidation.TokenValidationClient(system.Auth.Grpc);
        Func<Metadata, Task>[] methods =
        [
            async headers => await users.GetUserAsync(new GetUserRequest { UserId = user.UserId }, headers),
            async headers => await users.ValidateCredentialsAsync(new ValidateCredentialsRequest { Username = user.Username, Password = user.Password }, headers),
            async headers => await tokens.ValidateTokenAsync(new ValidateTokenRequest { Token = user.AccessToken }, headers),
            async headers =>
            {
                using var stream = tokens.ValidateTokens(headers);
                await stream.ResponseStream.MoveNext(TestContext.Current.CancellationToken);
            },
        ];

        foreach (var method in methods)
        {
            Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(() => method([]))).StatusCode);
            Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(() => method(Bearer("garbage")))).StatusCode);
            Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<RpcException>(() => method(Bearer(user.AccessToken)))).StatusCode);
        }
    }

    [Fact]
    public async Task A_machine_client_validates_credentials()
    {
        var user = await system.NewUserAsync();
        var users = new UserValidation.UserValidationClient(system.Users.Grpc);
        var headers = Bearer(await system.ServiceTokenAsync());

        foreach (var request in new[]
        {
            new ValidateCredentialsRequest { Username = user.Username, Password = user.Password },
            new ValidateCredentialsRequest { Username = user.Email, Password = user.Password },
            new ValidateCredentialsRequest { UserId = user.UserId, Password = user.Password },
            new ValidateCredentialsRequest { UserId = user.UserId, Username = user.Username, Password = user.Password },
        })
        {
            var right = await users.ValidateCredentialsAsync(request, headers);
            Assert.Equal((true, user.UserId, ""), (right.IsValid, right.UserId, right.Reason));
            Assert.Equal(["user"], right.Roles);
        }

        foreach (var request in new[]
        {
            new ValidateCredentialsRequest { Username = user.Username, Password = "wrong horse" },
            new ValidateCredentialsRequest { Username = "nobody-of-that-name", Password = user.Password },
            new ValidateCredentialsRequest { Username = "nul\0", Password = user.Password },
            new ValidateCredentialsRequest { UserId = user.UserId + 1_000_000, Username = user.Username, Password = user.Password },
        })
        {
            var wrong = await users.ValidateCredentialsAsync(request, headers);
            Assert.Equal((false, 0L, "invalid_credentials"), (wrong.IsValid, wrong.UserId, wrong.Reason));
            Assert.Empty(wrong.Roles);
        }
    }

    [Fact]
    public async Task What_is_missing_or_too_long_is_an_invalid_argument()
    {
        var users = new UserValidation.UserValidationClient(system.Users.Grpc);
        var headers = Bearer(await system.ServiceTokenAsync());

        foreach (var request in new[]
        {
            new ValidateCredentialsRequest { Password = "correct horse" },
            new ValidateCredentialsRequest { Username = "ada" },
            new ValidateCredentialsRequest { Username = "ada", Password = new string('p', 129) },
            new ValidateCredentialsRequest { Username = new string('a', 255), Password = "correct horse" },
        })
        {
            var refused = await Assert.ThrowsAsync<RpcException>(async () => await users.ValidateCredentialsAsync(request, headers));
            Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        }
    }

    [Fact]
    public async Task A_machine_client_reads_users()
    {
        var user = await system.NewUserAsync();
        var users = new UserValidation.UserValidationClient(system.Users.Grpc);
        var headers = Bearer(await system.ServiceTokenAsync());

        var read = await users.GetUserAsync(new GetUserRequest { UserId = user.UserId }, headers);

        Assert.Equal((user.UserId, user.Username, user.Email, "active"), (read.UserId, read.Username, read.Email, read.Status));
        Assert.Equal("1985-12-10", read.DateOfBirth);
        var missing = await Assert.ThrowsAsync<RpcException>(async () => await users.GetUserAsync(new GetUserRequest { UserId = 1 }, headers));
        Assert.Equal(StatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task Tokens_are_validated_in_the_order_they_come()
    {
        var user = await system.NewUserAsync();
        var service = await system.ServiceTokenAsync();
        string[] asked = [user.AccessToken, "garbage", service, user.AccessToken[..^2], "", user.AccessToken];
        using var stream = new TokenValidation.TokenValidationClient(system.Auth.Grpc).ValidateTokens(Bearer(service));

        var answers = new List<ValidateTokenResponse>();
        foreach (var token in asked)
            await stream.RequestStream.WriteAsync(new ValidateTokenRequest { Token = token }, TestContext.Current.CancellationToken);
        await stream.RequestStream.CompleteAsync();
        await foreach (var answer in stream.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken))
            answers.Add(answer);

        Assert.Equal([true, false, true, false, false, true], answers.Select(answer => answer.IsValid));
        Assert.Equal(["", "malformed", "", "invalid", "malformed", ""], answers.Select(answer => answer.Reason));
        Assert.Equal([user.UserId, 0, 0, 0, 0, user.UserId], answers.Select(answer => answer.UserId));
        Assert.Equal((string?)Jwt.Payload(user.AccessToken)["sid"], answers[0].SessionId);
        Assert.Equal(("airliner", system.ServiceClientId), (answers[0].ClientId, answers[2].ClientId));
        Assert.Equal((long)Jwt.Payload(user.AccessToken)["exp"]!, answers[0].ExpiresAt.Seconds);
    }

    [Fact]
    public async Task Health_and_reflection_need_no_token()
    {
        foreach (var gateway in system.Gateways)
        {
            var health = await new Health.HealthClient(gateway.Grpc).CheckAsync(new HealthCheckRequest(), cancellationToken: TestContext.Current.CancellationToken);
            Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.Status);
        }

        Assert.Contains("airliner.users.v1.UserValidation", await ServicesOfAsync(system.Users));
        Assert.Contains("airliner.auth.v1.TokenValidation", await ServicesOfAsync(system.Auth));
    }

    private static async Task<IReadOnlyList<string>> ServicesOfAsync(RunningGateway gateway)
    {
        using var stream = new ServerReflection.ServerReflectionClient(gateway.Grpc).ServerReflectionInfo(cancellationToken: TestContext.Current.CancellationToken);
        await stream.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" }, TestContext.Current.CancellationToken);
        await stream.RequestStream.CompleteAsync();
        Assert.True(await stream.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        return [.. stream.ResponseStream.Current.ListServicesResponse.Service.Select(service => service.Name)];
    }

    private static Metadata Bearer(string token) => new() { { "authorization", $"Bearer {token}" } };
}
