using Airliner.Testing;
using Xunit;

namespace Airliner.Architecture.Tests.Kubernetes;

/// <summary>The manifests against the schemas that Kubernetes publishes, as the package <c>kubernetes-models</c> of npm has them. Skipped without Node.js and npm.</summary>
public sealed class PublishedSchemaTests
{
    public static TheoryData<string> Files => [.. Manifests.Files];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Every_member_is_one_that_Kubernetes_has_and_of_its_type_and_none_is_missing(string file) =>
        Assert.Empty(await FaultsAsync(Repository.Read(file)));

    [Theory]
    [InlineData("replicas: 2", "replicaz: 2", "/spec/replicaz: unknown")]
    [InlineData("replicas: 2", "replicas: two", "/spec/replicas: type")]
    [InlineData("{ name: silo, containerPort: 11111 }", "{ name: silo, containerPort: 11111, hostPorts: 1 }", "/containers/0/ports/0/hostPorts: unknown")]
    [InlineData("{ name: silo, containerPort: 11111 }", "{ name: silo }", "/containers/0/ports/0: required")]
    [InlineData("value: \"Host=auth-db;Database=AUTH_TOKENS;Username=airliner\"", "value: 5432", "/value: type")]
    [InlineData("runAsNonRoot: true", "runAsNonRoot: \"true\"", "/runAsNonRoot: type")]
    [InlineData("kind: Deployment", "kind: Deploiment", "Kubernetes has no Deploiment of apps/v1")]
    [InlineData("apiVersion: apps/v1", "apiVersion: apps/v9", "Kubernetes has no Deployment of apps/v9")]
    public async Task Anything_else_is_refused(string right, string wrong, string fault)
    {
        var silos = Repository.Read($"{Manifests.Folder}/silos.yaml");
        Assert.Contains(right, silos, StringComparison.Ordinal);

        Assert.Contains(fault, await FaultsAsync(silos.Replace(right, wrong, StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    private static async Task<string> FaultsAsync(string yaml)
    {
        var packages = await NodePackages.InstallAsync("kubernetes", "kubernetes-models@5.1.0");
        return await packages.RunAsync("Kubernetes/manifests.js", Manifests.Json(yaml));
    }
}
