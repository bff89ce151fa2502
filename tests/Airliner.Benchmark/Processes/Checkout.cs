using System.Reflection;

namespace Airliner.Benchmark.Processes;

/// <summary>Where what is measured was built.</summary>
internal static class Checkout
{
    private static readonly string _configuration = Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    /// <summary>A project's program, built with this one and like it.</summary>
    public static string Program(string project)
    {
        var bin = Directory.GetParent(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar))!.Parent!.FullName;
        var path = Path.Combine(bin, project, _configuration.ToLowerInvariant(), $"{project}.dll");
        return File.Exists(path) ? path : throw new BenchmarkException($"{path} is not there: build tests/Airliner.Benchmark first.");
    }
}
