using Airliner.Contracts;
using Xunit;

namespace Airliner.Users.Tests.Limits;

public sealed class SourceNetworkTests
{
    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:DB8:1:2::9", "2001:db8:1:2::/64")]
    [InlineData("fe80::1%7", "fe80::/64")]
    [InlineData("", "unknown")]
    [InlineData(null, "unknown")]
    [InlineData("not an address", "unknown")]
    public void A_source_is_an_IPv4_address_or_an_IPv6_customer(string? address, string source) => Assert.Equal(source, SourceNetwork.Of(address));
}
