using System.Net;
using System.Net.Sockets;
using Airliner.ServiceDefaults.Outbound;
using Airliner.Tasks.Tests.Doubles;
using Xunit;

namespace Airliner.Tasks.Tests.Outbound;

public sealed class OutboundHttpTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.255.255.255")]
    [InlineData("10.0.0.0")]
    [InlineData("10.255.255.255")]
    [InlineData("100.64.0.0")]
    [InlineData("100.127.255.255")]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.0")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.8")]
    [InlineData("192.0.2.1")]
    [InlineData("192.88.99.1")]
    [InlineData("192.168.1.1")]
    [InlineData("198.18.0.1")]
    [InlineData("198.19.255.255")]
    [InlineData("198.51.100.1")]
    [InlineData("203.0.113.1")]
    [InlineData("224.0.0.1")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::7f00:1")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::808:808")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("100::1")]
    [InlineData("2001::1")]
    [InlineData("2001:1ff::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("3fff::1")]
    [InlineData("fc00::1")]
    [InlineData("fdff::1")]
    [InlineData("fe80::1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    public void A_special_address_is_nobody_s_on_the_internet(string address) => Assert.False(PublicAddresses.Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.0.1.1")]
    [InlineData("223.255.255.255")]
    [InlineData("2001:200::1")]
    [InlineData("2606:4700::1111")]
    [InlineData("3ffe::1")]
    public void Its_neighbour_is_somebody_s(string address) => Assert.True(PublicAddresses.Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("1.1.1.1,10.0.0.1")]
    [InlineData("2606:4700::1111,::1")]
    public async Task A_name_with_one_address_that_is_refused_is_refused(string addresses)
    {
        using var http = new OutboundHttp(OutboundAddressTests.Allowing(""), Resolving(addresses));
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(http, "https://rebound.example/"));
        Assert.Contains("rebound.example", AddressRefusedException.In(error)?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_without_an_address_is_a_trouble_that_may_pass()
    {
        using var http = new OutboundHttp(OutboundAddressTests.Allowing(""), Resolving(""));
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(http, "https://nowhere.example/"));
        Assert.Null(AddressRefusedException.In(error));
        Assert.IsType<SocketException>(error.InnerException);
    }

    [Fact]
    public async Task A_name_is_resolved_once_and_the_address_that_was_judged_is_dialled()
    {
        await using var server = await RemoteServer.StartAsync(tls: false);
        var asked = 0;
        // The second answer would lead elsewhere: whoever resolves twice is caught.
        using var http = new OutboundHttp(OutboundAddressTests.Allowing(server.Host), (_, _) => Task.FromResult(
            new[] { IPAddress.Parse(Interlocked.Increment(ref asked) == 1 ? "127.0.0.1" : "192.0.2.1") }));

        using var answer = await GetAsync(http, server.NewEndpoint().Url);

        Assert.Equal((HttpStatusCode.OK, 1), (answer.StatusCode, asked));
    }

    [Fact]
    public async Task The_next_address_of_a_name_is_tried_where_one_does_not_answer()
    {
        await using var server = await RemoteServer.StartAsync(tls: false);
        // Nobody listens on the other loopback addresses.
        using var http = new OutboundHttp(OutboundAddressTests.Allowing(server.Host), Resolving("127.0.0.9,127.0.0.1"));
        using var answer = await GetAsync(http, server.NewEndpoint().Url);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_redirect_is_an_answer_and_no_trace_is_told()
    {
        await using var server = await RemoteServer.StartAsync(tls: false);
        var endpoint = server.NewEndpoint();
        endpoint.Answer = http =>
        {
            http.Response.Redirect(endpoint.Url);
            return Task.CompletedTask;
        };
        using var activity = new System.Diagnostics.Activity("call").Start();
        using var client = new OutboundHttp(OutboundAddressTests.Allowing(server.Host));

        using var answer = await GetAsync(client, endpoint.Url);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var request = await endpoint.NextAsync();
        Assert.False(request.Headers.ContainsKey("traceparent"));
        Assert.True(endpoint.HasNoMore);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_refused()
    {
        await using var server = await RemoteServer.StartAsync();
        using var stranger = new OutboundHttp(OutboundAddressTests.Allowing(server.Host));
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(stranger, server.NewEndpoint().Url));
        Assert.Equal(HttpRequestError.SecureConnectionError, error.HttpRequestError);

        using var friend = new OutboundHttp(OutboundAddressTests.Allowing(server.Host));
        server.TrustedBy(friend);
        using var answer = await GetAsync(friend, server.NewEndpoint().Url);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Answers_that_a_server_holds_back_keep_no_other_request_from_it()
    {
        const int Held = 16;
        await using var server = await RemoteServer.StartAsync(tls: false);
        var (slow, quick, mayAnswer) = (server.NewEndpoint(), server.NewEndpoint(), new TaskCompletionSource());
        slow.Answer = _ => mayAnswer.Task;
        using var http = new OutboundHttp(OutboundAddressTests.Allowing(server.Host));
        var held = Enumerable.Range(0, Held).Select(_ => GetAsync(http, slow.Url)).ToList();
        for (var i = 0; i < Held; i++)
            await slow.NextAsync();

        using (var limit = CancellationTokenSource.CreateLinkedTokenSource(Token))
        {
            limit.CancelAfter(TimeSpan.FromSeconds(15));
            using var answer = await GetAsync(http, quick.Url, limit.Token);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.All(held, request => Assert.False(request.IsCompleted));
        mayAnswer.SetResult();
        foreach (var answer in await Task.WhenAll(held))
            answer.Dispose();
    }

    private static Func<string, CancellationToken, Task<IPAddress[]>> Resolving(string addresses) =>
        (_, _) => Task.FromResult(addresses.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(IPAddress.Parse).ToArray());

    private static async Task<HttpResponseMessage> GetAsync(OutboundHttp http, string url, CancellationToken? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        return await http.Client.SendAsync(request, token ?? Token);
    }
}
