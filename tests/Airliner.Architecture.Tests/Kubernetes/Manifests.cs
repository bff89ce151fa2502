using System.Text.Json;
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
    private static readonly JsonSerializerOptions _options = Options();

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

    /// <summary>Reads objects as an API server does that is told to be strict.</summary>
    /// <exception cref="Exception">A kind or a field is not known, or a value is of another type.</exception>
    public static IReadOnlyList<object> Read(string yaml)
    {
        // The first refuses what is not known, and takes any scalar for a text.
        var objects = KubernetesYaml.LoadAllFromString(yaml, typeMap: null, strict: true);
        // The second tells a number from a text.
        foreach (var (document, known) in yaml.Split("\n---\n").Zip(objects))
            JsonSerializer.Deserialize(_json.Serialize(_plain.Deserialize<object>(document)!), known.GetType(), _options);
        return objects;
    }

    /// <summary>Those of the client itself, which it shows to whoever adds to them.</summary>
    private static JsonSerializerOptions Options()
    {
        var options = new JsonSerializerOptions();
        KubernetesJson.AddJsonOptions(own => options = own);
        return options;
    }
}
