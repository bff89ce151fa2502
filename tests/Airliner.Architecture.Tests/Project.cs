using System.Reflection;
using System.Xml.Linq;
using Airliner.Testing;

namespace Airliner.Architecture.Tests;

/// <summary>One project file.</summary>
/// <param name="File">Its path from the root.</param>
/// <param name="References">The names of the projects that it references itself.</param>
internal sealed record Project(string File, IReadOnlyList<string> References)
{
    public static IReadOnlyList<Project> All { get; } = [.. Repository.Files(".", ".csproj").Select(Load)];

    public string Name => Path.GetFileNameWithoutExtension(File);

    /// <summary>The folder below the root: <c>contracts</c>, <c>grains</c>, <c>silos</c>, <c>gateways</c>, <c>hosting</c>, <c>tests</c>.</summary>
    public string Role => File[..File.IndexOf('/', StringComparison.Ordinal)];

    /// <summary>The service that the name has, null for what all share.</summary>
    public string? Service => Name.Split('.') is [_, var service, "Grains" or "Silo" or "Gateway"] ? service : null;

    /// <summary>The project and all that it brings along.</summary>
    public IReadOnlySet<string> Closure
    {
        get
        {
            var found = new HashSet<string>(StringComparer.Ordinal);
            var next = new Stack<string>([Name]);
            while (next.TryPop(out var name))
            {
                if (found.Add(name))
                {
                    foreach (var reference in Named(name).References)
                        next.Push(reference);
                }
            }

            return found;
        }
    }

    public Assembly Assembly => Assembly.Load(Name);

    public static Project Named(string name) => All.Single(project => project.Name == name);

    public static IEnumerable<Project> Of(string role) => All.Where(project => project.Role == role);

    public override string ToString() => Name;

    private static Project Load(string file)
    {
        var references = XDocument.Parse(Repository.Read(file)).Descendants("ProjectReference").Select(reference => reference.Attribute("Include")!.Value);
        return new Project(file, [.. references.Select(reference => Path.GetFileNameWithoutExtension(reference.Replace('\\', '/')))]);
    }
}
