namespace Airliner.EndToEnd.Tests.Processes;

/// <summary>The programs of the system, as this configuration's build left them.</summary>
internal static class Programs
{
    public const string Host = "Airliner.Host";

    /// <summary>Where a project's program is: beside the tests' own output, in the same configuration.</summary>
    public static string PathOf(string project)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var path = Path.Combine(own.Parent!.Parent!.FullName, project, own.Name, $"{project}.dll");
        return File.Exists(path) ? path : throw new FileNotFoundException($"{project} has not been built with the tests.", path);
    }
}
