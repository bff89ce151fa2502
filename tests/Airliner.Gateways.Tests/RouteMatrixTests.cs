using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Airliner.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Airliner.Gateways.Tests;

/// <summary>Every route of every gateway has a row in the <see cref="RouteMatrix"/>, and answers as the row says.</summary>
public sealed class RouteMatrixTests(RunningSystem system)
{
    [Fact]
    public void Every_route_has_a_row_and_every_row_a_route()
    {
        var routes = system.Gateways.SelectMany((gateway, index) => gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .OfType<RouteEndpoint>()
            .SelectMany(endpoint => MethodsOf(endpoint).Select(method => $"{index} {method} {endpoint.RoutePattern.RawText}")));

        Assert.Equal(RouteMatrix.Rows.Select(row => $"{row.Gateway} {row.Route}").Order(StringComparer.Ordinal), routes.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_route_answers_each_kind_of_caller_as_its_row_says()
    {
        var user = await system.NewUserAsync();
        var other = await system.NewUserAsync();
        var tokens = await CallerTokens.OfEachKindAsync(system, user);

        var wrong = new StringBuilder();
        foreach (var row in RouteMatrix.Rows)
        {
            // The tokens with which somebody logs out are good no more.
            var used = row.Route.EndsWith("/logout", StringComparison.Ordinal) ? await CallerTokens.OfEachKindAsync(system, user) : tokens;
            foreach (var kind in Enum.GetValues<CallerKind>())
            {
                var status = await AskAsync(row, used[(int)kind], other.UserId);
                if (status != row.Statuses[(int)kind])
                    wrong.AppendLine($"gateway {row.Gateway}: {row.Route} answered {kind} {status} instead of {row.Statuses[(int)kind]}");
            }
        }

        Assert.True(wrong.Length == 0, wrong.ToString());
    }

    private static IEnumerable<string> MethodsOf(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IHttpMethodMetadata>() is { HttpMethods: { Count: > 0 } methods } ? methods
        : [endpoint.RoutePattern.RawText!.Contains("grpcunimplemented", StringComparison.Ordinal) ? "POST" : "GET"];

    private async Task<int> AskAsync(RouteRow row, string? token, long other)
    {
        var gateway = system.Gateways[row.Gateway];
        var isGrpc = row.Route.Contains("grpc", StringComparison.Ordinal) || row.Route.Contains(".v1.", StringComparison.Ordinal);
        using var request = new HttpRequestMessage(new HttpMethod(row.Route.Split(' ')[0]), row.Path.Replace("{other}", $"{other}", StringComparison.Ordinal));
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (isGrpc)
        {
            using var client = new HttpClient { BaseAddress = new Uri($"http://{gateway.Grpc.Target}") };
            request.Version = HttpVersion.Version20;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
            // One empty message, which every method's request can be.
            request.Content = new ByteArrayContent(new byte[5]) { Headers = { ContentType = new("application/grpc") } };
            using var streamed = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            // Who may not is told in gRPC's own words; GrpcMatrix has what else they say.
            return streamed.Headers.TryGetValues("grpc-status", out var status) ? status.Single() switch { "16" => 401, "7" => 403, _ => 200 } : (int)streamed.StatusCode;
        }

        if (request.Method != HttpMethod.Get)
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        // A live stream is never answered whole.
        using var answer = await gateway.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        return (int)answer.StatusCode;
    }
}
