using Airliner.Testing;
using Xunit;

namespace Airliner.Architecture.Tests;

/// <summary>Who may see whom. The roles are the folders; CONTRIBUTING.md has the same rules as a table.</summary>
public sealed class ReferenceTests
{
    private const string Contracts = "Airliner.Contracts";
    private const string ServiceDefaults = "Airliner.ServiceDefaults";
    private const string Artifacts = "Airliner.Artifacts";
    private const string Persistence = "Airliner.Persistence.Postgres";
    private const string Kafka = "Airliner.Kafka";

    private static readonly string[] _services = ["Auth", "Notifications", "Tasks", "Users"];

    [Fact]
    public void Every_service_has_grains_a_silo_and_a_gateway()
    {
        foreach (var role in new[] { "grains", "silos", "gateways" })
            Assert.Equal(_services, Project.Of(role).Select(project => project.Service).OfType<string>().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Contracts_reference_nothing_of_ours() => Assert.Empty(Project.Named(Contracts).References);

    [Fact]
    public void Workers_are_clients_and_know_the_protos_alone()
    {
        Assert.Empty(Project.Named("Airliner.Worker").References);
        Assert.Equal(["Airliner.Worker"], Project.Named("Airliner.Worker.Sample").References);
    }

    [Fact]
    public void Grains_reference_contracts_only() =>
        Assert.All(Project.Of("grains"), grains => Assert.Equal([Contracts], grains.References));

    [Fact]
    public void A_gateway_references_contracts_service_defaults_and_artifacts_only() =>
        Assert.All(Project.Of("gateways"), gateway => Assert.Empty(gateway.References.Except([Contracts, ServiceDefaults, Artifacts])));

    [Fact]
    public void A_gateway_comes_without_any_grain_class() => Assert.All(
        Project.Of("gateways"), gateway => Assert.DoesNotContain(gateway.Closure, name => Project.Named(name).Role is "grains" or "silos"));

    [Fact]
    public void A_silo_references_its_own_grains_and_no_other_service() => Assert.All(
        Project.Of("silos").Where(project => project.Service is not null),
        silo =>
        {
            Assert.Contains($"Airliner.{silo.Service}.Grains", silo.References);
            Assert.Empty(silo.References.Except([$"Airliner.{silo.Service}.Grains", Contracts, Persistence, Kafka, ServiceDefaults, Artifacts]));
            Assert.Equal(silo.Service, Assert.Single(ServicesIn(silo)));
        });

    [Fact]
    public void What_the_silos_share_knows_no_service()
    {
        Assert.Equal([Contracts], Project.Named(Persistence).References);
        Assert.Equal([Contracts, Persistence], Project.Named(Kafka).References.Order(StringComparer.Ordinal));
        Assert.Equal([Contracts], Project.Named(ServiceDefaults).References);
        Assert.Equal([Contracts, ServiceDefaults], Project.Named(Artifacts).References.Order(StringComparer.Ordinal));
        Assert.Empty(Project.Named("Airliner.Embedded").References);
    }

    [Fact]
    public void Only_the_host_and_tests_see_several_services() => Assert.All(
        Project.All.Where(project => project.Role != "tests" && ServicesIn(project).Count > 1), project => Assert.Equal("Airliner.Host", project.Name));

    [Fact]
    public void Nothing_but_tests_references_the_host_or_a_test() => Assert.All(
        Project.All.Where(project => project.Role != "tests"),
        project => Assert.DoesNotContain(project.References, name => name == "Airliner.Host" || Project.Named(name).Role == "tests"));

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = Repository.Read("Airliner.sln").Replace('\\', '/');
        Assert.All(Project.All, project => Assert.Contains($"\"{project.File}\"", solution, StringComparison.Ordinal));
    }

    private static IReadOnlySet<string> ServicesIn(Project project) =>
        project.Closure.Select(name => Project.Named(name).Service).OfType<string>().ToHashSet(StringComparer.Ordinal);
}
