using System.Reflection;
using Airliner.Testing;
using Xunit;

namespace Airliner.Architecture.Tests;

/// <summary>What every grain class has.</summary>
public sealed class GrainTests
{
    [Fact]
    public void A_grain_class_has_a_grain_type_of_its_own()
    {
        Assert.All(GrainClass.All, grain => Assert.NotNull(grain.Type.GetCustomAttribute<GrainTypeAttribute>()));
        // The attribute keeps its name to itself; what it was given is in the metadata.
        AssertUnique(GrainClass.All.Select(grain => (string)grain.Type.GetCustomAttributesData()
            .Single(data => data.AttributeType == typeof(GrainTypeAttribute)).ConstructorArguments[0].Value!));
    }

    [Fact]
    public void A_grain_class_is_internal_and_sealed() =>
        Assert.All(GrainClass.All, grain => Assert.True(grain.Type is { IsNotPublic: true, IsSealed: true }, $"{grain} is not internal sealed."));

    [Fact]
    public void A_grain_class_is_in_the_grains_or_the_silo_of_its_service() =>
        Assert.All(GrainClass.All, grain => Assert.Contains(grain.Project.Role, new[] { "grains", "silos" }));

    [Fact]
    public void The_name_of_a_state_is_unique_in_its_database()
    {
        // The AdoNet provider's row key has the state's name and not the grain's type: two grains of one name would read each other's rows.
        foreach (var service in GrainClass.All.GroupBy(grain => grain.Service))
            AssertUnique(service.SelectMany(grain => grain.States).Select(state => state.StateName));
    }

    [Fact]
    public void A_project_with_grain_classes_or_interfaces_keeps_a_manifest_of_them()
    {
        var projects = GrainClass.All.Select(grain => grain.Project.File).Append(Project.Named("Airliner.Contracts").File).Distinct();
        Assert.All(projects, file =>
        {
            Assert.Contains("<EnableOrleansContractsAnalyzer>true</EnableOrleansContractsAnalyzer>", Repository.Read(file), StringComparison.Ordinal);
            Assert.True(File.Exists(Path.Combine(Repository.Root, Path.GetDirectoryName(file)!, "OrleansContracts.txt")), $"{file} has no OrleansContracts.txt.");
        });
    }

    internal static void AssertUnique(IEnumerable<string> names) =>
        Assert.Empty(names.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key));
}
