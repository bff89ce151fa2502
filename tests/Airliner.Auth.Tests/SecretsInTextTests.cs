using Airliner.Auth.Grains;
using Airliner.Contracts.Auth;
using Xunit;

namespace Airliner.Auth.Tests;

public sealed class SecretsInTextTests
{
    [Fact]
    public void What_carries_a_secret_does_not_show_it()
    {
        object[] carriers =
        [
            new IssuedTokens("secret", 900, "secret"),
            new LoginCommand(1000, "ada", "secret", "127.0.0.1", "curl", true),
            new LoginResult(LoginOutcome.LoggedIn, new IssuedTokens("secret", 900, "secret")),
            new RefreshCommand("command", "secret", "127.0.0.1", "curl"),
            new RefreshSession(new RefreshCommand("command", "secret", "127.0.0.1", "curl"), "ada", ["user"]),
            new RefreshResult(RefreshOutcome.Refreshed, new IssuedTokens("secret", 900, "secret")),
            new RefreshToken(1000, "secret", "secret"),
            new ClientTokenResult(ClientTokenOutcome.Issued, "secret", 900, "tasks.work"),
            new SigningKey("key", "secret"u8.ToArray()),
        ];

        Assert.All(carriers, carrier => Assert.DoesNotContain("secret", carrier.ToString(), StringComparison.Ordinal));
    }
}
