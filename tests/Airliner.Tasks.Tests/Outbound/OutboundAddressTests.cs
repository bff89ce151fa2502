using Airliner.ServiceDefaults.Outbound;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Airliner.Tasks.Tests.Outbound;

public sealed class OutboundAddressTests
{
    internal static AllowedHosts Allowing(string hosts) =>
        new(new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("Outbound:AllowedHosts", (string?)hosts)]).Build());

    [Theory]
    [InlineData("https://example.com")]
    [InlineData("https://example.com/a?b=c#d")]
    [InlineData("HTTPS://Example.COM:8443/")]
    [InlineData("https://8.8.8.8/")]
    [InlineData("https://[2606:4700::1111]/")]
    [InlineData("https://bücher.example/")]
    [InlineData("https://localhost.example.com/")]
    public void A_public_https_address_is_taken(string text)
    {
        Assert.True(OutboundAddress.TryParse(text, Allowing(""), out var address, out var error), error);
        Assert.Equal("https", address.Scheme);
    }

    [Theory]
    [InlineData(null, "is required")]
    [InlineData("", "is required")]
    [InlineData("example.com", "whole URL")]
    [InlineData("/path", "https://")]
    [InlineData("https://", "whole URL")]
    [InlineData("https:///path", "whole URL")]
    [InlineData("https://exa mple.com", "whole URL")]
    [InlineData(" https://example.com", "whole URL")]
    [InlineData("https://example.com/\n", "whole URL")]
    [InlineData("https:\\\\example.com", "whole URL")]
    [InlineData("https://example.com:99999/", "whole URL")]
    [InlineData("https://example.com:0/", "port 0")]
    [InlineData("http://example.com/", "https://")]
    [InlineData("ftp://example.com/", "https://")]
    [InlineData("file:///etc/passwd", "https://")]
    [InlineData("https://user@example.com/", "user name")]
    [InlineData("https://user:password@example.com/", "user name")]
    [InlineData("https://example.com@10.0.0.1/", "user name")]
    [InlineData("https://localhost/", "public host")]
    [InlineData("https://LOCALHOST./", "public host")]
    [InlineData("https://hooks.localhost/", "public host")]
    [InlineData("https://127.0.0.1/", "public host")]
    [InlineData("https://127.1/", "public host")]
    [InlineData("https://2130706433/", "public host")]
    [InlineData("https://0x7f000001/", "public host")]
    [InlineData("https://0177.0.0.1/", "public host")]
    [InlineData("https://0x7f.0.0.1/", "public host")]
    [InlineData("https://10.1.2.3:8443/", "public host")]
    [InlineData("https://169.254.169.254/latest/meta-data", "public host")]
    [InlineData("https://[::1]/", "public host")]
    [InlineData("https://[::ffff:8.8.8.8]/", "public host")]
    [InlineData("https://[fe80::1%25eth0]/", "public host")]
    public void What_the_rule_refuses_is_told(string? text, string what)
    {
        Assert.False(OutboundAddress.TryParse(text, Allowing(""), out var address, out var error));
        Assert.Null(address);
        Assert.Contains(what, error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_that_is_too_long_is_refused() =>
        Assert.False(OutboundAddress.TryParse($"https://example.com/{new string('x', 2048)}", Allowing(""), out _, out _));

    [Theory]
    [InlineData("http://hooks.intranet:8080/a", true)]
    [InlineData("https://hooks.intranet:8080/a", true)]
    [InlineData("http://HOOKS.intranet:8080/a", true)]
    [InlineData("http://[::1]:81/", true)]
    [InlineData("http://hooks.intranet/a", false)]
    [InlineData("http://a.hooks.intranet:8080/a", false)]
    [InlineData("https://10.0.0.1/", false)]
    [InlineData("https://user@hooks.intranet:8080/a", false)]
    [InlineData("ftp://hooks.intranet:8080/a", false)]
    public void An_allowed_host_may_be_anywhere_and_go_without_TLS_on_its_very_port(string text, bool isTaken) =>
        Assert.Equal(isTaken, OutboundAddress.TryParse(text, Allowing("hooks.intranet:8080, ::1:81"), out _, out _));

    [Theory]
    [InlineData("hooks.intranet")]
    [InlineData(":80")]
    [InlineData("hooks.intranet:http")]
    public void An_allowed_host_that_is_none_keeps_the_process_from_starting(string entry) =>
        Assert.Contains(entry, Assert.Throws<InvalidOperationException>(() => Allowing($"good:1,{entry}")).Message, StringComparison.Ordinal);
}
