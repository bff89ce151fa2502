using System.Net;
using System.Security.Cryptography;
using Airliner.Auth.V1;
using Airliner.Contracts.Auth;
using Airliner.Testing;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Airliner.Auth.Tests;

/// <summary>Tokens that machine clients ask about, one by one and in streams.</summary>
public sealed class TokenValidationTests(RunningSystem system)
{
    private const string Clients = "/api/v1/airliner/clients";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

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
    public async Task With_thousands_in_flight_each_answer_is_its_requests()
    {
        var users = await Task.WhenAll(system.NewUserAsync(), system.NewUserAsync(), system.NewUserAsync());
        using var stream = new TokenValidation.TokenValidationClient(system.Auth.Grpc).ValidateTokens(Bearer(await system.ServiceTokenAsync()));
        const int Requests = 5_000;

        var asking = Task.Run(
            async () =>
            {
                for (var i = 0; i < Requests; i++)
                    await stream.RequestStream.WriteAsync(new ValidateTokenRequest { Token = i % 7 == 0 ? "garbage" : users[i % 3].AccessToken }, Token);
                await stream.RequestStream.CompleteAsync();
            },
            Token);
        var answered = new List<long>();
        await foreach (var answer in stream.ResponseStream.ReadAllAsync(Token))
            answered.Add(answer.UserId);
        await asking;

        Assert.Equal(Enumerable.Range(0, Requests).Select(i => i % 7 == 0 ? 0 : users[i % 3].UserId), answered);
    }

    [Fact]
    public async Task A_token_is_revoked_once_its_user_has_logged_out()
    {
        var user = await system.NewUserAsync();
        var headers = Bearer(await system.ServiceTokenAsync());
        using var logout = await system.Auth.SendAsync(HttpMethod.Post, "/api/v1/airliner/logout", user.AccessToken);
        Assert.Equal(HttpStatusCode.NoContent, logout.StatusCode);
        // This gateway knows of it when it lets the token through no more.
        await system.Auth.EventuallyAsync(HttpMethod.Get, "/api/v1/airliner/sessions", HttpStatusCode.Unauthorized, user.AccessToken);

        var answer = await new TokenValidation.TokenValidationClient(system.Auth.Grpc).ValidateTokenAsync(new ValidateTokenRequest { Token = user.AccessToken }, headers);

        Assert.Equal((false, 0L, "", "revoked"), (answer.IsValid, answer.UserId, answer.SessionId, answer.Reason));
        Assert.Empty(answer.Roles);
    }

    [Fact]
    public async Task A_token_whose_time_is_over_is_expired()
    {
        var user = await system.NewUserAsync();
        var expired = await ResignedAsync(user.AccessToken, expires: TimeSpan.FromSeconds(-60));

        var answer = await new TokenValidation.TokenValidationClient(system.Auth.Grpc).ValidateTokenAsync(
            new ValidateTokenRequest { Token = expired }, Bearer(await system.ServiceTokenAsync()));

        Assert.Equal((false, "expired"), (answer.IsValid, answer.Reason));
    }

    [Fact]
    public async Task A_stream_ends_when_the_client_whose_token_opened_it_is_deleted()
    {
        var admin = await system.AdminTokenAsync();
        var (clientId, token) = await ClientAsync("streams");
        using var stream = new TokenValidation.TokenValidationClient(system.Auth.Grpc).ValidateTokens(Bearer(token));
        await stream.RequestStream.WriteAsync(new ValidateTokenRequest { Token = admin }, Token);
        Assert.True(await stream.ResponseStream.MoveNext(Token));
        Assert.True(stream.ResponseStream.Current.IsValid);

        using var deleted = await system.Auth.SendAsync(HttpMethod.Delete, $"{Clients}/{clientId}", admin);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);

        var ended = await Assert.ThrowsAsync<RpcException>(() => stream.ResponseStream.MoveNext(Token));
        Assert.Equal((StatusCode.Unauthenticated, "The access token was revoked: open the stream again with a new one."), (ended.StatusCode, ended.Status.Detail));
    }

    [Fact]
    public async Task A_caller_has_a_hundred_streams_open_and_no_more()
    {
        var (_, token) = await ClientAsync("many streams");
        var client = new TokenValidation.TokenValidationClient(system.Auth.Grpc);
        var streams = new List<AsyncDuplexStreamingCall<ValidateTokenRequest, ValidateTokenResponse>>();
        for (var i = 0; i < 100; i++)
        {
            streams.Add(client.ValidateTokens(Bearer(token)));
            await streams[^1].RequestStream.WriteAsync(new ValidateTokenRequest { Token = "none" }, Token);
            Assert.True(await streams[^1].ResponseStream.MoveNext(Token));
        }

        using var tooMany = client.ValidateTokens(Bearer(token));

        var refused = await Assert.ThrowsAsync<RpcException>(() => tooMany.ResponseStream.MoveNext(Token));
        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
        Assert.Contains("100 streams open", refused.Status.Detail, StringComparison.Ordinal);
        foreach (var stream in streams)
            stream.Dispose();
    }

    [Fact]
    public async Task A_stream_ends_when_its_token_expires()
    {
        var brief = await ResignedAsync(await system.ServiceTokenAsync(), expires: TimeSpan.FromSeconds(1));
        using var stream = new TokenValidation.TokenValidationClient(system.Auth.Grpc).ValidateTokens(Bearer(brief));

        var ended = await Assert.ThrowsAsync<RpcException>(() => stream.ResponseStream.MoveNext(Token));

        Assert.Equal((StatusCode.Unauthenticated, "The access token has expired: open the stream again with a new one."), (ended.StatusCode, ended.Status.Detail));
    }

    /// <summary>A machine client of the test's own, and a token of it.</summary>
    private async Task<(string ClientId, string Token)> ClientAsync(string name)
    {
        using var made = await system.Auth.SendAsync(HttpMethod.Post, Clients, await system.AdminTokenAsync(), new { name });
        var client = (await made.JsonAsync(HttpStatusCode.Created)).GetProperty("client");
        var clientId = client.GetProperty("clientId").GetString()!;
        using var form = new FormUrlEncodedContent(
            [new("grant_type", "client_credentials"), new("client_id", clientId), new("client_secret", client.GetProperty("clientSecret").GetString()!)]);
        using var issued = await system.Auth.Http.PostAsync(new Uri("/oauth2/token", UriKind.Relative), form, Token);
        return (clientId, (await issued.JsonAsync()).GetProperty("access_token").GetString()!);
    }

    private static Metadata Bearer(string token) => new() { { "authorization", $"Bearer {token}" } };

    /// <summary>The same token with another expiry, signed by the system's own key.</summary>
    private async Task<string> ResignedAsync(string token, TimeSpan expires)
    {
        using var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey((await system.Silo.GetRequiredService<IGrainFactory>().GetGrain<ISigningKeysGrain>(0).GetSigningKey()).PrivateKey, out _);
        var payload = Jwt.Payload(token);
        payload["exp"] = (TimeProvider.System.GetUtcNow() + expires).ToUnixTimeSeconds();
        return Jwt.Sign(Jwt.Header(token), payload, Jwt.Es256(key));
    }
}
