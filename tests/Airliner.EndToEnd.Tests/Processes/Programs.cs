namespace Airliner.EndToEnd.Tests.Processes;

/// <summary>The programs of the system, as this configuration's build left them.</summary>
internal static class Programs
{
    public const string Host = "Airliner.Host";

    /// <summary>Where a project's program is: beside the tests' own output, in the same configuration.</summary>
    public static string PathOf(string project) => PathOf(project, $"{project}.dll");

    /// <summary>Where a file of a project's output is.</summary>
    public static string PathOf(string project, string file)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var path = Path.Combine(own.Parent!.Parent!.FullName, project, own.Name, file);
        return File.Exists(path) ? path : throw new FileNotFoundException($"{project} has not been built with the tests.", path);
    }
}
