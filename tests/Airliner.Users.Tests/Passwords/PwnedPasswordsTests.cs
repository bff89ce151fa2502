using System.Diagnostics.Metrics;
using System.Net;
using Airliner.Contracts.Users;
using Airliner.Testing;
using Airliner.Users.Grains.Passwords;
using Airliner.Users.Silo.Passwords;
using Airliner.Users.Tests.Registration;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Airliner.Users.Tests.Passwords;

/// <summary>New passwords are looked up at a server of this process, which stands in for Have I Been Pwned.</summary>
public sealed class PwnedPasswordsTests(RunningSystem system)
{
    private const string Password = "correct-horse-battery";

    /// <summary>The longest that is allowed: without an answer in time a password is taken.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task A_password_that_is_known_from_a_leak_is_found_and_no_more_than_the_prefix_is_told()
    {
        await using var server = await RangeServer.StartAsync();
        server.Knows(Password, times: 7);

        Assert.Equal(PasswordRefusal.Breached, await Screening(server.Address).RefusalAsync(Password, "ada", "ada@example.com"));

        var request = Assert.Single(server.Requests);
        var hash = RangeServer.Hash(Password);
        Assert.StartsWith($"GET /range/{hash[..5]}\n", request, StringComparison.Ordinal);
        Assert.Contains("Add-Padding: true", request, StringComparison.Ordinal);
        Assert.Contains("User-Agent: airliner", request, StringComparison.Ordinal);
        Assert.DoesNotContain(hash[..6], request, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("ada", request, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("another-horse-entirely", 7)]
    // A line of padding, as it happens, with our suffix.
    [InlineData(Password, 0)]
    public async Task A_password_that_is_not_known_is_taken(string known, int times)
    {
        await using var server = await RangeServer.StartAsync();
        server.Knows(known, times);

        Assert.Null(await Screening(server.Address).RefusalAsync(Password, "ada", "ada@example.com"));

        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("500")]
    [InlineData("429")]
    [InlineData("redirect")]
    [InlineData("empty")]
    [InlineData("page")]
    [InlineData("endless")]
    [InlineData("charset")]
    [InlineData("slow")]
    [InlineData("down")]
    public async Task While_the_service_does_not_answer_as_it_should_passwords_are_taken_and_counted(string fault)
    {
        await using var server = await RangeServer.StartAsync();
        using var patience = new CancellationTokenSource();
        server.Handler = http => fault switch
        {
            "500" or "429" => Results.StatusCode(int.Parse(fault, System.Globalization.CultureInfo.InvariantCulture)),
            "redirect" => Results.Redirect($"{server.Address}/elsewhere"),
            "empty" => Results.Text(""),
            "page" => Results.Text("<html>Please log in to the network</html>"),
            "endless" => Results.Text(string.Join('\n', Enumerable.Repeat("0018A45C4D1DEF81644B54AB7F969B88D65:3", 10_000))),
            "charset" => Results.Bytes("0018A45C4D1DEF81644B54AB7F969B88D65:3"u8.ToArray(), "text/plain; charset=unheard-of"),
            _ => Results.Stream(async _ => await Task.Delay(Timeout.Infinite, patience.Token)),
        };
        var address = server.Address;
        if (fault == "down")
            await server.DisposeAsync();
        using var counts = new CheckCounter();

        Assert.Null(await Screening(address, ("Timeout", "00:00:00.500")).RefusalAsync(Password, "ada", "ada@example.com"));

        Assert.Equal(1, counts.Failed);
        await patience.CancelAsync();
    }

    [Fact]
    public async Task Failures_are_told_once_a_minute()
    {
        await using var server = await RangeServer.StartAsync();
        server.Handler = _ => Results.StatusCode(500);
        var (time, log) = (new FakeTimeProvider(), new CountingLog());
        var screening = Screening(server.Address, time, log);

        for (var i = 0; i < 5; i++)
            await screening.RefusalAsync(Password, "ada", "ada@example.com");
        Assert.Equal(1, log.Warnings);
        time.Advance(TimeSpan.FromMinutes(1));
        await screening.RefusalAsync(Password, "ada", "ada@example.com");
        Assert.Equal(2, log.Warnings);
        Assert.Equal(2, log.Lines);
    }

    [Fact]
    public async Task Nobody_is_asked_unless_it_is_enabled_nor_about_a_password_that_is_refused_anyway()
    {
        await using var server = await RangeServer.StartAsync();

        Assert.Null(await Screening(server.Address, ("Enabled", "false")).RefusalAsync(Password, "ada", "ada@example.com"));
        Assert.Equal(PasswordRefusal.Common, await Screening(server.Address).RefusalAsync("Password123", "ada", "ada@example.com"));

        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("BaseUrl", "pwnedpasswords")]
    [InlineData("BaseUrl", "ftp://127.0.0.1/")]
    [InlineData("BaseUrl", "")]
    [InlineData("Timeout", "00:00:00")]
    [InlineData("Timeout", "00:00:03.001")]
    public void A_setting_that_cannot_be_used_is_named_at_the_start(string setting, string value)
    {
        var refused = Assert.Throws<InvalidOperationException>(() => Screening("http://127.0.0.1:1", (setting, value)));

        Assert.Contains($"Passwords:BreachCheck:{setting}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_asked_at_registration_and_at_a_change_and_never_at_login()
    {
        var user = await system.NewUserAsync();
        var known = $"known-{Guid.NewGuid():n}";
        await using var server = await RangeServer.StartAsync();
        server.Knows(known, times: 1);
        var options = system.Silo.GetRequiredService<BreachCheckOptions>();
        (options.BaseUrl, options.Timeout, options.Enabled) = (server.Address, _patience, true);
        try
        {
            using var registered = await system.Users.SendAsync(HttpMethod.Post, "/api/v1/airliner/registerUser", body: RegistrationBody.Valid().With("password", known));
            await registered.InvalidAsync("password");
            using var changed = await system.Users.SendAsync(
                HttpMethod.Put, $"/api/v1/airliner/users/{user.UserId}/password", user.AccessToken, new { oldPassword = user.Password, newPassword = known });
            await changed.InvalidAsync("newPassword");

            await system.LogInAsync(user.Username, user.Password);
            using var wrong = await system.Auth.SendAsync(HttpMethod.Post, "/api/v1/airliner/login", body: new { user.Username, password = known });
            Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);

            // Others may register meanwhile.
            Assert.Equal(2, server.Requests.Count(request => request.StartsWith($"GET /range/{RangeServer.Hash(known)[..5]}\n", StringComparison.Ordinal)));
            Assert.DoesNotContain(server.Requests, request => request.Contains(RangeServer.Hash(user.Password)[..5], StringComparison.Ordinal));
        }
        finally
        {
            options.Enabled = false;
        }
    }

    private static PasswordScreening Screening(string address, params (string Name, string Value)[] settings) =>
        Screening(address, TimeProvider.System, new CountingLog(), settings);

    private static PasswordScreening Screening(string address, TimeProvider time, CountingLog log, params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Passwords:BreachCheck:Enabled"] = "true",
                ["Passwords:BreachCheck:BaseUrl"] = address,
                ["Passwords:BreachCheck:Timeout"] = $"{_patience}",
            })
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"Passwords:BreachCheck:{setting.Name}", (string?)setting.Value)))
            .Build();
        return new ServiceCollection().AddSingleton(time).AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log)).AddBreachCheck(configuration)
            .AddSingleton<PasswordScreening>().BuildServiceProvider().GetRequiredService<PasswordScreening>();
    }

    private sealed class CheckCounter : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _failed;

        public CheckCounter()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "airliner.passwords.breach_checks")
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((_, checks, tags, _) =>
            {
                if (tags.Contains(new("outcome", "failed")))
                    Interlocked.Add(ref _failed, checks);
            });
            _listener.Start();
        }

        public long Failed => Interlocked.Read(ref _failed);

        public void Dispose() => _listener.Dispose();
    }

    /// <summary>Counts what is logged, by whomever: a line of the HTTP client would have the prefix in it.</summary>
    private sealed class CountingLog : ILoggerProvider, ILogger
    {
        public int Lines { get; private set; }

        public int Warnings { get; private set; }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Lines++;
            Warnings += logLevel == LogLevel.Warning ? 1 : 0;
        }

        public void Dispose()
        {
        }
    }
}
