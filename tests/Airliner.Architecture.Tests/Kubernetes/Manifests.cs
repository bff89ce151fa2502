using Airliner.Testing;
using k8s;
using k8s.Models;
using YamlDotNet.Serialization;

namespace Airliner.Architecture.Tests.Kubernetes;

/// <summary>The manifests of <c>deploy/kubernetes</c>, by the models that Kubernetes publishes.</summary>
internal static class Manifests
{
    public const string Folder = "deploy/kubernetes";

    /// <summary>Where a pod has its secrets.</summary>
    public const string Secrets = "/run/secrets/airliner";

    private const string Kustomization = "kustomization.yaml";

    private static readonly IDeserializer _plain = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build();
    private static readonly ISerializer _json = new SerializerBuilder().JsonCompatible().Build();

    /// <summary>The files with objects in them.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. Repository.Files(Folder, ".yaml").Where(file => Path.GetFileName(file) != Kustomization)];

    /// <summary>All objects.</summary>
    public static IReadOnlyList<IKubernetesObject<V1ObjectMeta>> All { get; } =
        [.. Files.SelectMany(file => Read(Repository.Read(file))).Cast<IKubernetesObject<V1ObjectMeta>>()];

    /// <summary>What <c>kubectl apply -k</c> takes.</summary>
    public static Dictionary<string, object> KustomizationFile => _plain.Deserialize<Dictionary<string, object>>(Repository.Read($"{Folder}/{Kustomization}"));

    public static IEnumerable<T> Of<T>() => All.OfType<T>();

    public static T Named<T>(string name)
        where T : IKubernetesObject<V1ObjectMeta> => Of<T>().Single(one => one.Metadata.Name == name);

    /// <summary>Whatever runs pods, by its name.</summary>
    public static IEnumerable<(string Name, V1PodTemplateSpec Pod)> Workloads =>
        Of<V1Deployment>().Select(one => (one.Metadata.Name, one.Spec.Template)).Concat(Of<V1StatefulSet>().Select(one => (one.Metadata.Name, one.Spec.Template)));

    public static V1PodTemplateSpec PodOf(string name) => Workloads.Single(one => one.Name == name).Pod;

    /// <summary>Reads objects into their models.</summary>
    public static IReadOnlyList<object> Read(string yaml) => KubernetesYaml.LoadAllFromString(yaml, typeMap: null, strict: true);

    /// <summary>The objects of a file as a JSON array, in which a number is none that was written as a text.</summary>
    public static string Json(string yaml) => _json.Serialize(yaml.Split("\n---\n").Select(document => _plain.Deserialize<object>(document)).ToArray());
}
