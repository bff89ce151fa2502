using System.Security.Claims;
using System.Text;
using Airliner.Contracts.Idempotency;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Idempotency;
using Airliner.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Airliner.Gateways.Tests.Idempotency;

/// <summary>A request with a key through the middleware alone, with a handler that the test scripts and a key kept in memory.</summary>
internal sealed class KeyedRequest : IStoredAnswerGrain
{
    private readonly ServiceProvider _services = new ServiceCollection().AddLogging().AddSingleton<IExceptionHandler, ExceptionProblems>().BuildServiceProvider();

    /// <summary>What is stored.</summary>
    public StoredAnswerState State { get; private set; } = new();

    /// <summary>Whether keeping an answer fails.</summary>
    public bool StorageIsAway { get; set; }

    public async Task<DefaultHttpContext> SendAsync(RequestDelegate handler, string body = "{}", CancellationToken aborted = default)
    {
        var http = new DefaultHttpContext { RequestServices = _services, RequestAborted = aborted, User = new(new ClaimsIdentity([new("sub", "1000"), new("client_id", "airliner")], "test")) };
        http.Request.Method = HttpMethods.Post;
        http.Request.Path = "/things";
        http.Request.Headers["Idempotency-Key"] = "key-1";
        http.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        http.Response.Body = new MemoryStream();
        http.SetEndpoint(new RouteEndpoint(handler, RoutePatternFactory.Parse("/things"), 0, EndpointMetadataCollection.Empty, null));
        using var anonymous = new AnonymousKeys(new ConfigurationBuilder().Build());
        var middleware = new IdempotencyKeys(
            handler, (_, _) => this, anonymous, new GrainCalls(null!, TimeProvider.System, NullLogger<GrainCalls>.Instance), NullLogger<KeyedExchange>.Instance);
        await middleware.InvokeAsync(http);
        return http;
    }

    public static string TextOf(HttpContext http) => Encoding.UTF8.GetString(((MemoryStream)http.Response.Body).ToArray());

    Task<AnswerReservation> IStoredAnswerGrain.Reserve(ReserveAnswer command)
    {
        var outcome = State.Judge(command.TryId, command.Body, TimeProvider.System.GetUtcNow());
        if (outcome == ReservationOutcome.Reserved)
            State = State.Reserved(command.TryId, command.Body, command.UserId, TimeProvider.System.GetUtcNow());
        return Task.FromResult(new AnswerReservation(outcome, State.CommandId, State.Answer));
    }

    Task IStoredAnswerGrain.Keep(KeepAnswer command)
    {
        if (StorageIsAway)
            throw new Contracts.Records.StorageUnavailableException("The test's storage is away.");
        State = State.Kept(command.TryId, command.Answer, command.UserId);
        return Task.CompletedTask;
    }

    Task IStoredAnswerGrain.Release(Guid tryId)
    {
        State = State.Released(tryId);
        return Task.CompletedTask;
    }
}
