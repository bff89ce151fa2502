using System.Reflection;
using System.Text.RegularExpressions;
using Airliner.Contracts.Events;
using Xunit;

namespace Airliner.Architecture.Tests;

/// <summary>What goes over the wire or into a topic is named, once.</summary>
public sealed partial class ContractTests
{
    private static readonly Type[] _types = [.. Project.All.Where(project => project.Role != "tests").SelectMany(project => project.Assembly.GetTypes())];

    internal static Type[] GrainInterfaces { get; } =
        [.. _types.Where(type => type.IsInterface && typeof(IAddressable).IsAssignableFrom(type))];

    // What the code generator writes is marked as well, and named by it.
    private static Type[] Serialized { get; } =
        [.. _types.Where(type => type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false) && type.Namespace!.StartsWith("Airliner", StringComparison.Ordinal))];

    private static Type[] Events { get; } = [.. _types.Where(type => typeof(DomainEvent).IsAssignableFrom(type) && !type.IsAbstract)];

    [Fact]
    public void The_rules_below_find_what_they_are_about()
    {
        Assert.Contains(GrainInterfaces, type => type.Name == "ITaskGrain");
        Assert.Contains(Serialized, type => type.Name == "TaskView");
        Assert.Contains(Events, type => type.Name == "TaskCreated");
    }

    [Fact]
    public void A_grain_interface_and_a_serialized_type_have_an_alias_of_their_own()
    {
        var types = GrainInterfaces.Concat(Serialized).ToArray();
        Assert.All(types, type => Assert.StartsWith("airliner.", AliasOf(type), StringComparison.Ordinal));
        GrainTests.AssertUnique(types.Select(type => AliasOf(type)!));
    }

    [Fact]
    public void A_method_of_a_grain_interface_has_an_alias_of_its_own() => Assert.All(GrainInterfaces, type =>
    {
        var methods = type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly);
        Assert.All(methods, method => Assert.NotNull(AliasOf(method)));
        GrainTests.AssertUnique(methods.Select(method => AliasOf(method)!));
    });

    [Fact]
    public void Grain_interfaces_are_contracts() =>
        Assert.All(GrainInterfaces, type => Assert.Equal("Airliner.Contracts", type.Assembly.GetName().Name));

    [Fact]
    public void An_event_names_its_topic_and_a_type_of_its_own()
    {
        var attributes = Events.Select(type => (Type: type, Event: type.GetCustomAttribute<EventAttribute>(inherit: false))).ToArray();
        Assert.All(attributes, item =>
        {
            Assert.NotNull(item.Event);
            Assert.Contains(item.Event.Topic, Topics.All);
            Assert.Matches(SnakeCase(), item.Event.Type);
            Assert.True(item.Type.IsSealed, $"{item.Type} is not sealed.");
        });
        GrainTests.AssertUnique(attributes.Select(item => item.Event!.Type));
    }

    [Fact]
    public void An_event_is_a_contract() => Assert.All(Events, type => Assert.Equal("Airliner.Contracts", type.Assembly.GetName().Name));

    [GeneratedRegex("^[a-z]+(_[a-z]+)*$")]
    private static partial Regex SnakeCase();

    private static string? AliasOf(MemberInfo member) => member.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias;
}
