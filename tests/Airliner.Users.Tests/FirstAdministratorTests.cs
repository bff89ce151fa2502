using System.Net;
using Airliner.Contracts;
using Airliner.Contracts.Users;
using Airliner.Testing;
using Airliner.Users.Grains;
using Airliner.Users.Silo;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Airliner.Users.Tests;

public sealed class FirstAdministratorTests(RunningSystem system)
{
    [Fact]
    public async Task The_first_start_made_the_administrator_that_the_settings_name()
    {
        var token = await system.AdminTokenAsync();
        var index = system.Silo.GetRequiredService<IUserIndex>();

        using var answer = await system.Users.SendAsync(HttpMethod.Get, $"/api/v1/airliner/users/{await index.FindAsync(system.AdminUsername)}", token);

        var roles = (await answer.JsonAsync(HttpStatusCode.OK)).GetProperty("user").GetProperty("roles").EnumerateArray().Select(role => role.GetString());
        Assert.Equal([Roles.User, Roles.Admin], roles);
    }

    [Fact]
    public async Task While_an_administrator_exists_the_settings_are_ignored()
    {
        var name = $"a{Guid.NewGuid():n}"[..20];

        await Create(name, system.Silo.GetRequiredService<IUserIndex>()).Execute(TestContext.Current.CancellationToken);

        Assert.Null(await system.Silo.GetRequiredService<IUserIndex>().FindAsync(name));
    }

    [Fact]
    public async Task A_name_that_somebody_has_is_a_start_error_and_never_a_promotion()
    {
        var user = await system.NewUserAsync();
        var first = Create(user.Username.ToUpperInvariant(), new NoAdministrators(system.Silo.GetRequiredService<IUserIndex>()));

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => first.Execute(TestContext.Current.CancellationToken));

        Assert.Contains("AIRLINER_ADMIN_USERNAME", error.Message, StringComparison.Ordinal);
        using var answer = await system.Users.SendAsync(HttpMethod.Get, $"/api/v1/airliner/users/{user.UserId}", user.AccessToken);
        Assert.Equal(1, (await answer.JsonAsync()).GetProperty("user").GetProperty("roles").GetArrayLength());
    }

    [Theory]
    [InlineData("no", "long enough to pass", "AIRLINER_ADMIN_USERNAME")]
    [InlineData("two words", "long enough to pass", "AIRLINER_ADMIN_USERNAME")]
    [InlineData("someone", "short", "AIRLINER_ADMIN_PASSWORD")]
    [InlineData("someone", "password123", "AIRLINER_ADMIN_PASSWORD")]
    [InlineData("someone", "Someone-1", "AIRLINER_ADMIN_PASSWORD")]
    public async Task Settings_that_no_registration_would_take_are_a_start_error(string username, string password, string setting)
    {
        var first = Create(username, new NoAdministrators(system.Silo.GetRequiredService<IUserIndex>()), password);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => first.Execute(TestContext.Current.CancellationToken));

        Assert.Contains(setting, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(password, error.Message, StringComparison.Ordinal);
    }

    private FirstAdministrator Create(string username, IUserIndex index, string password = "long enough to pass") =>
        ActivatorUtilities.CreateInstance<FirstAdministrator>(system.Silo, index, new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["AIRLINER_ADMIN_USERNAME"] = username,
            ["AIRLINER_ADMIN_PASSWORD"] = password,
        }).Build());

    /// <summary>The index as it is before the first administrator is made.</summary>
    private sealed class NoAdministrators(IUserIndex inner) : IUserIndex
    {
        public Task<long?> FindAsync(string usernameOrEmail) => inner.FindAsync(usernameOrEmail);

        public Task<UserView?> FindByCommandAsync(string commandId) => inner.FindByCommandAsync(commandId);

        public Task<(long? Username, long? Email)> FindHoldersAsync(string username, string email) => inner.FindHoldersAsync(username, email);

        public Task<bool> AnyAdministratorAsync() => Task.FromResult(false);

        public Task<UserStanding?> StandingAsync(long userId) => inner.StandingAsync(userId);

        public Task<Page<UserView>> ListAsync(UserFilter filter, PageRequest page) => inner.ListAsync(filter, page);
    }
}
