using Airliner.Notifications.Grains.Templates;

namespace Airliner.Notifications.Tests.Doubles;

/// <summary>An operator's folder of templates, over those that come with the program.</summary>
internal sealed class TemplateFolder : IDisposable
{
    public static string BuiltIn => System.IO.Path.Combine(AppContext.BaseDirectory, "Templates");

    public string Path { get; } = Directory.CreateTempSubdirectory("airliner-templates-").FullName;

    /// <summary>The templates that come with the program.</summary>
    public static TemplateLibrary Shipped() => TemplateLibrary.Load(BuiltIn);

    public TemplateLibrary Load() => TemplateLibrary.Load(BuiltIn, Path);

    /// <summary>Writes a file, at once as a whole, and says where it is.</summary>
    public string Write(string name, string content)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path + "~", content);
        File.Move(path + "~", path, overwrite: true);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
