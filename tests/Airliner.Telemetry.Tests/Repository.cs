using System.Reflection;

namespace Airliner.Telemetry.Tests;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.GetFullPath(
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "RepositoryRoot").Value!);

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));
}
