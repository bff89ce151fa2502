using Airliner.Architecture.Tests.Compose;
using Airliner.Testing;
using k8s.Models;
using Xunit;

namespace Airliner.Architecture.Tests.Kubernetes;

/// <summary>The manifests run what <c>docker-compose.yml</c> runs, and tell it the same.</summary>
public sealed class ComposeAgreementTests
{
    public static TheoryData<string> Processes => [.. ComposeFile.Processes];

    public static TheoryData<string> Databases => [.. ComposeFile.Services.Where(name => name.EndsWith("-db", StringComparison.Ordinal))];

    [Fact]
    public void Every_service_is_there_but_ZooKeeper_which_Kafka_does_without() =>
        Assert.Equal(ComposeFile.Services.Where(name => name != "zookeeper").Order(), Manifests.Workloads.Select(workload => workload.Name).Order());

    [Theory]
    [MemberData(nameof(Processes))]
    public void A_process_has_the_same_image_settings_and_secrets(string name)
    {
        var pod = Manifests.PodOf(name).Spec;
        var container = pod.Containers.Single();
        var told = Told(container);

        Assert.Equal(ComposeFile.Image(name), container.Image);
        Assert.Contains(
            (List<object>)Manifests.KustomizationFile["images"],
            image => ((Dictionary<object, object>)image)["name"] is string known && known == container.Image);
        Assert.Equal(ComposeFile.Secrets(name).Order(), SecretsOf(pod).Order());
        // What Compose leaves to whoever starts it, with the product's own default, need not be here.
        Assert.DoesNotContain(
            ComposeFile.Environment(name), one => told.GetValueOrDefault(one.Key) != one.Value && !one.Key.StartsWith("Limits__", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Processes))]
    public void A_process_listens_where_its_ports_and_probes_are(string name)
    {
        var container = Manifests.PodOf(name).Spec.Containers.Single();
        var told = Told(container);
        var ports = container.Ports.ToDictionary(port => port.Name, port => $"{port.ContainerPort}");

        if (name.EndsWith("-silo", StringComparison.Ordinal))
        {
            Assert.Equal((told["Cluster__SiloPort"], told["Cluster__GatewayPort"]), (ports["silo"], ports["gateway"]));
        }
        else
        {
            Assert.Equal((told["Gateway__RestPort"], told["Gateway__GrpcPort"]), (ports["rest"], ports["grpc"]));
            var served = Manifests.Named<V1Service>(name).Spec.Ports.ToDictionary(port => port.Name, port => $"{port.Port}");
            Assert.Equal(served, ports.Where(port => port.Key != "health").ToDictionary());
        }

        Assert.Equal(told["Health__Port"], ports["health"]);
        // A gateway waits for silos without being started again.
        Assert.Equal(name.EndsWith("-silo", StringComparison.Ordinal) ? "/readyz" : "/livez", container.StartupProbe.HttpGet.Path);
        Assert.Equal("/readyz", container.ReadinessProbe.HttpGet.Path);
        Assert.Equal("/livez", container.LivenessProbe.HttpGet.Path);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public void A_database_has_the_same_image_name_and_secret(string name)
    {
        var pod = Manifests.PodOf(name).Spec;
        var told = Told(pod.Containers.Single());

        Assert.Equal(ComposeFile.Image(name), pod.Containers.Single().Image);
        Assert.Equal(ComposeFile.Secrets(name), SecretsOf(pod));
        Assert.DoesNotContain(ComposeFile.Environment(name), one => told.GetValueOrDefault(one.Key) != one.Value);
    }

    [Theory]
    [InlineData("kafka")]
    [InlineData("mail")]
    public void What_is_not_ours_has_the_same_image(string name) => Assert.Equal(ComposeFile.Image(name), Manifests.PodOf(name).Spec.Containers.Single().Image);

    [Fact]
    public void Every_secret_is_a_file_that_the_script_makes()
    {
        var script = Repository.Read("airliner");
        var made = Manifests.Workloads.SelectMany(workload => SecretsOf(workload.Pod.Spec)).Distinct();
        Assert.All(made, secret => Assert.Contains(secret.Replace("-password", "", StringComparison.Ordinal), script, StringComparison.Ordinal));
    }

    /// <summary>What a container's process is told, as Kubernetes puts it together, with the secrets where Compose has them.</summary>
    private static Dictionary<string, string> Told(V1Container container)
    {
        var told = new Dictionary<string, string>();
        foreach (var (name, value) in (container.EnvFrom ?? []).SelectMany(from => Manifests.Named<V1ConfigMap>(from.ConfigMapRef.Name).Data))
            told[name] = value;
        foreach (var one in (container.Env ?? []).Where(one => one.Value is not null))
            told[one.Name] = one.Value;
        return told.ToDictionary(one => one.Key, one => one.Value.Replace($"{Manifests.Secrets}/", "/run/secrets/", StringComparison.Ordinal));
    }

    private static IEnumerable<string> SecretsOf(V1PodSpec pod) =>
        (pod.Volumes ?? []).Where(volume => volume.Secret is not null).SelectMany(volume => volume.Secret.Items).Select(item => item.Path);
}
