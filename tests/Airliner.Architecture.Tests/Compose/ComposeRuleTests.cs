using System.Text.RegularExpressions;
using Xunit;

namespace Airliner.Architecture.Tests.Compose;

/// <summary>What every container may not do, and what it must have, in all Compose files.</summary>
public sealed partial class ComposeRuleTests
{
    private const string WritesConfiguration = "The image writes its configuration to /etc/kafka at each start, beside files of its own that are needed there.";
    private const string TakesItsVolume = "The image starts as root, takes the volume for its user postgres, and becomes that.";

    /// <summary>Services that cannot keep a rule, and why.</summary>
    private static readonly Dictionary<(string Service, string Rule), string> _exceptions = new()
    {
        [("kafka", "read_only")] = WritesConfiguration,
        [("zookeeper", "read_only")] = WritesConfiguration,
        [("registration-db", "cap_add")] = TakesItsVolume,
        [("auth-db", "cap_add")] = TakesItsVolume,
        [("taskprocessing-db", "cap_add")] = TakesItsVolume,
        [("notification-db", "cap_add")] = TakesItsVolume,
        [("cluster-db", "cap_add")] = TakesItsVolume,
        [("otel-collector", "healthcheck")] = "Its image has the one program, and nothing to ask it with.",
    };

    /// <summary>Each service, in the file that says what it runs.</summary>
    public static TheoryData<string, string> Services =>
        [.. from service in All where IsWhole(service.Members) select (service.File, service.Name)];

    /// <summary>What the files on top change of services below.</summary>
    public static TheoryData<string, string> Changes =>
        [.. from service in All where !IsWhole(service.Members) select (service.File, service.Name)];

    public static TheoryData<string, string> ServicesAndChanges => [.. from service in All select (service.File, service.Name)];

    private static IEnumerable<(string File, string Name, Dictionary<string, object?> Members)> All =>
        from file in ComposeFile.Files from service in ComposeFile.ServicesOf(file) select (file, service.Key, service.Value);

    [Theory]
    [MemberData(nameof(Services))]
    public void An_image_that_is_not_ours_is_named_with_its_exact_version(string file, string service)
    {
        var members = Of(file, service);
        if (!members.ContainsKey("build"))
            Assert.Matches(Version(), Assert.IsType<string>(members["image"]));
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void An_image_that_is_ours_says_what_it_was_built_of(string file, string service)
    {
        if (Of(file, service).GetValueOrDefault("build") is Dictionary<object, object> build)
            Assert.Equal("${AIRLINER_REVISION:-unknown}", Assert.IsType<Dictionary<object, object>>(build["args"])["REVISION"]);
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void No_container_has_a_privilege_or_can_gain_one(string file, string service)
    {
        var members = Of(file, service);
        Assert.Equal(["ALL"], Texts(members, "cap_drop"));
        Assert.Contains("no-new-privileges:true", Texts(members, "security_opt"));
        Assert.Equal(IsExcepted(service, "cap_add"), members.ContainsKey("cap_add"));
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void The_root_file_system_is_read_only(string file, string service) =>
        Assert.Equal(IsExcepted(service, "read_only") ? null : "true", Of(file, service).GetValueOrDefault("read_only"));

    [Theory]
    [MemberData(nameof(Services))]
    public void Memory_and_log_have_a_limit(string file, string service)
    {
        var members = Of(file, service);
        Assert.Matches("^[0-9]+[mg]$", Assert.IsType<string>(members.GetValueOrDefault("mem_limit")));
        var logging = Assert.IsType<Dictionary<object, object>>(members.GetValueOrDefault("logging"));
        Assert.Contains("max-size", Assert.IsType<Dictionary<object, object>>(logging["options"]).Keys);
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void What_ends_is_started_again(string file, string service) => Assert.Equal("unless-stopped", Of(file, service).GetValueOrDefault("restart"));

    [Theory]
    [MemberData(nameof(Services))]
    public void A_container_is_asked_how_it_is(string file, string service)
    {
        var healthcheck = Of(file, service).GetValueOrDefault("healthcheck");
        if (IsExcepted(service, "healthcheck"))
            Assert.Null(healthcheck);
        else
            Assert.Contains("test", Assert.IsType<Dictionary<object, object>>(healthcheck).Keys);
    }

    [Theory]
    [MemberData(nameof(ServicesAndChanges))]
    public void Ports_are_published_on_the_loopback_address_alone(string file, string service) =>
        Assert.All(Texts(Of(file, service), "ports"), port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Changes))]
    public void What_a_file_on_top_changes_is_none_of_this(string file, string service) => Assert.Empty(
        Of(file, service).Keys.Intersect(["cap_add", "cap_drop", "healthcheck", "logging", "mem_limit", "network_mode", "pid", "privileged", "read_only", "restart", "security_opt", "user"]));

    [Fact]
    public void Every_exception_is_of_a_service_that_there_is() =>
        Assert.Empty(_exceptions.Keys.Select(exception => exception.Service).Except(All.Select(service => service.Name)));

    private static bool IsWhole(Dictionary<string, object?> members) => members.ContainsKey("image") || members.ContainsKey("build");

    private static bool IsExcepted(string service, string rule) => _exceptions.ContainsKey((service, rule));

    private static Dictionary<string, object?> Of(string file, string service) => ComposeFile.ServicesOf(file)[service];

    private static IEnumerable<string> Texts(Dictionary<string, object?> members, string name) =>
        members.GetValueOrDefault(name) is List<object> texts ? texts.Select(Assert.IsType<string>) : [];

    /// <summary>A tag such as 17.6-alpine, v3.7.3 or 2.19.0, or a digest.</summary>
    [GeneratedRegex(@"(:v?[0-9]+\.[0-9]+(\.[0-9]+)?(-[a-z0-9]+)?|@sha256:[0-9a-f]{64})$")]
    private static partial Regex Version();
}
