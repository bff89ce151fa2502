using Xunit;

namespace Airliner.Embedded.Tests;

public sealed class PostgresClientTests
{
    [Fact]
    public void Its_programs_verify_the_server_as_the_connection_string_says()
    {
        var told = PostgresClient.Environment(
            "Host=db.example;Password=p;SSL Mode=VerifyFull;Root Certificate=/etc/ca.pem;SSL Certificate=/etc/client.crt;SSL Key=/etc/client.key");

        Assert.Equal(
            new Dictionary<string, string>
            {
                ["PGPASSWORD"] = "p",
                ["PGSSLMODE"] = "verify-full",
                ["PGSSLROOTCERT"] = "/etc/ca.pem",
                ["PGSSLCERT"] = "/etc/client.crt",
                ["PGSSLKEY"] = "/etc/client.key",
            },
            told);
    }

    [Fact]
    public void A_server_that_the_machine_trusts_needs_no_certificate_beside() =>
        Assert.Equal("system", PostgresClient.Environment("Host=db.example;SSL Mode=VerifyFull")["PGSSLROOTCERT"]);

    [Theory]
    [InlineData("", "prefer")]
    [InlineData("SSL Mode=Disable", "disable")]
    [InlineData("SSL Mode=Require", "require")]
    [InlineData("SSL Mode=VerifyCA", "verify-ca")]
    public void Every_mode_has_its_name_in_libpq(string setting, string mode) =>
        Assert.Equal(mode, PostgresClient.Environment($"Host=db.example;{setting}")["PGSSLMODE"]);
}
