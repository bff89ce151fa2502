using System.Net;
using System.Text;
using Airliner.Auth.V1;
using Airliner.Testing;
using Airliner.Users.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1Alpha;
using Xunit;

namespace Airliner.Auth.Tests;

/// <summary>What machine clients call.</summary>
public sealed class GrpcTests(RunningSystem system)
{
    [Fact]
    public async Task A_new_machine_client_gets_a_token_by_its_credentials_and_calls_both_services()
    {
        var user = await system.NewUserAsync();
        using var made = await system.Auth.SendAsync(HttpMethod.Post, "/api/v1/airliner/clients", await system.AdminTokenAsync(), new { name = "reports" });
        var client = (await made.JsonAsync(HttpStatusCode.Created)).GetProperty("client");
        using var form = new FormUrlEncodedContent([new("grant_type", "client_credentials")]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth2/token") { Content = form };
        var credentials = $"{client.GetProperty("clientId").GetString()}:{client.GetProperty("clientSecret").GetString()}";
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(credentials)));
        using var answer = await system.Auth.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var headers = Bearer((await answer.JsonAsync()).GetProperty("access_token").GetString()!);

        var checkedUser = await new UserValidation.UserValidationClient(system.Users.Grpc).ValidateCredentialsAsync(
            new ValidateCredentialsRequest { Username = user.Username, Password = user.Password, SourceAddress = "2001:db8::7" }, headers);
        var checkedToken = await new TokenValidation.TokenValidationClient(system.Auth.Grpc).ValidateTokenAsync(
            new ValidateTokenRequest { Token = user.AccessToken }, headers);

        Assert.Equal((true, user.UserId), (checkedUser.IsValid, checkedUser.UserId));
        Assert.Equal((true, user.UserId), (checkedToken.IsValid, checkedToken.UserId));
        Assert.Equal(["user"], checkedToken.Roles);
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

    public static TheoryData<string, ValidateCredentialsRequest> WrongCredentials { get; } = new()
    {
        { "user_id", new() { Password = "correct horse" } },
        { "user_id", new() { UserId = 0, Password = "correct horse" } },
        { "user_id", new() { UserId = -1, Username = "ada", Password = "correct horse" } },
        { "username", new() { Username = "", Password = "correct horse" } },
        { "username", new() { Username = new string('a', 255), Password = "correct horse" } },
        { "password", new() { Username = "ada" } },
        { "password", new() { Username = "ada", Password = new string('p', 129) } },
        { "source_address", new() { Username = "ada", Password = "correct horse", SourceAddress = "elsewhere" } },
        { "source_address", new() { Username = "ada", Password = "correct horse", SourceAddress = "1" } },
    };

    [Theory]
    [MemberData(nameof(WrongCredentials), DisableDiscoveryEnumeration = true)]
    public async Task What_is_missing_or_wrong_is_an_invalid_argument_that_is_named(string field, ValidateCredentialsRequest request)
    {
        var users = new UserValidation.UserValidationClient(system.Users.Grpc);
        var headers = Bearer(await system.ServiceTokenAsync());

        var refused = await Assert.ThrowsAsync<RpcException>(async () => await users.ValidateCredentialsAsync(request, headers));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.StartsWith($"{field}: ", refused.Status.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public async Task An_id_that_nobody_can_have_is_an_invalid_argument(long userId)
    {
        var users = new UserValidation.UserValidationClient(system.Users.Grpc);
        var headers = Bearer(await system.ServiceTokenAsync());

        var refused = await Assert.ThrowsAsync<RpcException>(async () => await users.GetUserAsync(new GetUserRequest { UserId = userId }, headers));

        Assert.Equal((StatusCode.InvalidArgument, "user_id: must be a whole number from 1."), (refused.StatusCode, refused.Status.Detail));
    }

    [Fact]
    public async Task A_message_beyond_the_limit_is_refused()
    {
        var tokens = new TokenValidation.TokenValidationClient(system.Auth.Grpc);
        var headers = Bearer(await system.ServiceTokenAsync());

        var refused = await Assert.ThrowsAsync<RpcException>(
            async () => await tokens.ValidateTokenAsync(new ValidateTokenRequest { Token = new string('a', 300_000) }, headers));

        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
    }

    [Fact]
    public async Task The_server_keeps_to_the_deadline()
    {
        var message = new ValidateCredentialsRequest { Username = $"nobody-{Guid.NewGuid():n}", Password = "correct horse" }.ToByteArray();
        // By hand, for the client of the library would give up by itself. One millisecond is less than a password takes.
        using var client = new HttpClient { BaseAddress = new Uri($"http://{system.Users.Grpc.Target}") };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/airliner.users.v1.UserValidation/ValidateCredentials")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent([0, 0, 0, 0, (byte)message.Length, .. message]) { Headers = { ContentType = new("application/grpc") } },
            Headers = { Authorization = new("Bearer", await system.ServiceTokenAsync()), TE = { new("trailers") } },
        };
        request.Headers.Add("grpc-timeout", "1m");

        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

        var status = answer.Headers.TryGetValues("grpc-status", out var inHeaders) ? inHeaders : answer.TrailingHeaders.GetValues("grpc-status");
        Assert.Equal(["4"], status);
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
    public async Task Health_and_reflection_need_no_token()
    {
        foreach (var gateway in system.Gateways)
        {
            var health = await new Health.HealthClient(gateway.Grpc).CheckAsync(new HealthCheckRequest(), cancellationToken: TestContext.Current.CancellationToken);
            Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.Status);
            Assert.Contains("grpc.health.v1.Health", await ServicesOfAsync(gateway));
        }

        foreach (var (gateway, service) in new[] { (system.Users, "airliner.users.v1.UserValidation"), (system.Auth, "airliner.auth.v1.TokenValidation") })
        {
            var health = await new Health.HealthClient(gateway.Grpc).CheckAsync(
                new HealthCheckRequest { Service = service }, cancellationToken: TestContext.Current.CancellationToken);
            Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.Status);
            Assert.Contains(service, await ServicesOfAsync(gateway));
        }
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
