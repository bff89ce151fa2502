using System.Reflection;
using Orleans.Concurrency;

namespace Airliner.Architecture.Tests;

/// <summary>A grain class, as its attributes and its constructor describe it.</summary>
/// <param name="Project">The project that it is in.</param>
internal sealed record GrainClass(Type Type, Project Project)
{
    /// <summary>The grain classes of every project that is not a test.</summary>
    public static IReadOnlyList<GrainClass> All { get; } =
    [
        .. from project in Project.All
           where project.Role != "tests"
           from type in project.Assembly.GetTypes()
           where type is { IsClass: true, IsAbstract: false } && typeof(IGrainBase).IsAssignableFrom(type)
           select new GrainClass(type, project),
    ];

    public string Service => Project.Service ?? throw new InvalidOperationException($"{Type} is in {Project}, which belongs to no service.");

    /// <summary>The states that its constructor takes.</summary>
    public IReadOnlyList<PersistentStateAttribute> States =>
        [.. Type.GetConstructors().Single().GetParameters().Select(parameter => parameter.GetCustomAttribute<PersistentStateAttribute>()).OfType<PersistentStateAttribute>()];

    public bool IsStatelessWorker => Type.GetCustomAttribute<StatelessWorkerAttribute>() is not null;

    /// <summary>The kind of its key: <c>integer</c>, <c>string</c>.</summary>
    public string Key => typeof(IGrainWithIntegerKey).IsAssignableFrom(Type) ? "integer" : typeof(IGrainWithStringKey).IsAssignableFrom(Type) ? "string" : "";

    public override string ToString() => Type.Name;
}
