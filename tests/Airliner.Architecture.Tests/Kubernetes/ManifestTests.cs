using k8s.Models;
using Xunit;

namespace Airliner.Architecture.Tests.Kubernetes;

/// <summary>The manifests by themselves: they say what a pod of ours may not do, and name what there is.</summary>
public sealed class ManifestTests
{
    /// <summary>Images that cannot run on a root that is read-only.</summary>
    private static readonly string[] _writesItsRoot = ["kafka"];

    [Fact]
    public void Every_file_is_applied()
    {
        var resources = ((List<object>)Manifests.KustomizationFile["resources"]).Cast<string>();
        Assert.Equal(Manifests.Files.Select(file => Path.GetFileName(file)).Order(), resources.Order());
    }

    [Fact]
    public void Every_container_is_confined_bounded_and_probed() => Assert.All(Manifests.Workloads, workload =>
    {
        var pod = workload.Pod.Spec;
        Assert.True(pod.SecurityContext.RunAsNonRoot);
        Assert.NotEqual(0, pod.SecurityContext.RunAsUser);
        Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);
        var container = Assert.Single(pod.Containers);
        Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
        Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
        Assert.Equal(!_writesItsRoot.Contains(workload.Name), container.SecurityContext.ReadOnlyRootFilesystem ?? false);
        Assert.Contains("memory", container.Resources.Limits);
        Assert.Contains("memory", container.Resources.Requests);
        Assert.All([container.StartupProbe, container.ReadinessProbe, container.LivenessProbe], Assert.NotNull);
        // Only silos ask Kubernetes for anything.
        Assert.Equal(workload.Name.EndsWith("-silo", StringComparison.Ordinal), pod.AutomountServiceAccountToken ?? true);
    });

    [Fact]
    public void Every_volume_and_every_named_port_is_there() => Assert.All(Manifests.Workloads, workload =>
    {
        var container = workload.Pod.Spec.Containers.Single();
        var claims = Manifests.Of<V1StatefulSet>().Where(set => set.Metadata.Name == workload.Name).SelectMany(set => set.Spec.VolumeClaimTemplates);
        var volumes = (workload.Pod.Spec.Volumes ?? []).Select(volume => volume.Name).Concat(claims.Select(claim => claim.Metadata.Name));
        Assert.Equal(volumes.Order(), container.VolumeMounts.Select(mount => mount.Name).Order());
        foreach (var probe in new[] { container.StartupProbe, container.ReadinessProbe, container.LivenessProbe })
        {
            if ((probe.HttpGet?.Port ?? probe.TcpSocket?.Port) is { } port)
                Assert.Contains(container.Ports, one => one.Name == port.Value);
        }
    });

    [Fact]
    public void Secrets_lie_beside_the_token_of_Kubernetes_and_not_over_it() => Assert.All(Manifests.Workloads, workload =>
    {
        // /var/run is a link to /run in the images. Within a volume of secrets, which is read-only, there would be no place to mount the token at.
        Assert.All(
            workload.Pod.Spec.Containers.Single().VolumeMounts,
            mount => Assert.DoesNotMatch("^(/var)?(/run)?(/secrets)?/?$", mount.MountPath));
        var secrets = (workload.Pod.Spec.Volumes ?? []).Where(volume => volume.Secret is not null).Select(volume => volume.Name);
        Assert.All(
            workload.Pod.Spec.Containers.Single().VolumeMounts.Where(mount => secrets.Contains(mount.Name)), mount => Assert.Equal(Manifests.Secrets, mount.MountPath));
    });

    [Fact]
    public void Every_service_budget_and_policy_selects_pods_that_there_are()
    {
        Assert.All(Manifests.Of<V1Service>(), service =>
        {
            var pod = Assert.Single(Manifests.Workloads, workload => Matches(service.Spec.Selector, workload.Pod)).Pod;
            Assert.All(service.Spec.Ports, port => Assert.Contains(pod.Spec.Containers.Single().Ports, one => one.Name == port.TargetPort.Value));
        });
        Assert.All(
            Manifests.Of<V1PodDisruptionBudget>(),
            budget => Assert.Single(Manifests.Workloads, workload => Matches(budget.Spec.Selector.MatchLabels, workload.Pod)));
        Assert.All(
            Manifests.Of<V1NetworkPolicy>().Where(policy => policy.Spec.PodSelector.MatchLabels is not null),
            policy => Assert.Contains(Manifests.Workloads, workload => Matches(policy.Spec.PodSelector.MatchLabels, workload.Pod)));
    }

    [Fact]
    public void The_silos_may_do_what_Orleans_asks_of_Kubernetes_and_no_more()
    {
        var rule = Assert.Single(Manifests.Of<V1Role>().Single().Rules);
        Assert.Equal(["pods"], rule.Resources);
        Assert.Equal(["get", "list", "patch", "watch"], rule.Verbs.Order());
        var account = Manifests.Of<V1ServiceAccount>().Single().Metadata.Name;
        Assert.Equal(account, Manifests.Of<V1RoleBinding>().Single().Subjects.Single().Name);
        foreach (var (_, pod) in Manifests.Workloads.Where(workload => workload.Name.EndsWith("-silo", StringComparison.Ordinal)))
        {
            Assert.Equal(account, pod.Spec.ServiceAccountName);
            var told = Manifests.Named<V1ConfigMap>("airliner-cluster").Data;
            Assert.Equal(told["Cluster__ServiceId"], pod.Metadata.Labels["orleans/serviceId"]);
            Assert.Equal(told["Cluster__ClusterId"], pod.Metadata.Labels["orleans/clusterId"]);
            var known = pod.Spec.Containers.Single().Env.Where(one => one.ValueFrom is not null).Select(one => one.Name);
            Assert.Equal(["POD_NAME", "POD_NAMESPACE", "POD_IP"], known);
        }
    }

    private static bool Matches(IDictionary<string, string> selector, V1PodTemplateSpec pod) =>
        selector.All(label => pod.Metadata.Labels.TryGetValue(label.Key, out var value) && value == label.Value);
}
