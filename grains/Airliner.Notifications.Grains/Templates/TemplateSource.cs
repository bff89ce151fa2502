using Airliner.Contracts.Notifications;

namespace Airliner.Notifications.Grains.Templates;

/// <summary>A file of templates, as it was read.</summary>
internal sealed record TemplateSource(string Path, string Text)
{
    private const int MaxFiles = 2000;

    private const long MaxBytes = 4L * PreviewNotification.MaxSourceLength;

    /// <summary>All files of a folder, by their names from there with <c>/</c>; not the hidden ones, nor the copies (<c>~</c>) that editors leave.</summary>
    /// <exception cref="TemplateException">There is no such folder, or more in it than templates.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IReadOnlyDictionary<string, TemplateSource> ReadAll(string folder)
    {
        if (!Directory.Exists(folder))
            throw new TemplateException(folder, null, "There is no such folder.");
        var sources = new Dictionary<string, TemplateSource>(StringComparer.OrdinalIgnoreCase);
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var name = System.IO.Path.GetRelativePath(folder, path).Replace('\\', '/');
            if (name.EndsWith('~') || name.Split('/').Any(part => part.StartsWith('.')))
                continue;
            if (sources.Count == MaxFiles)
                throw new TemplateException(folder, null, $"It has more than {MaxFiles} files.");
            if (new FileInfo(path).Length > MaxBytes)
                throw new TemplateException(path, null, $"It is longer than {MaxBytes} bytes.");
            if (!sources.TryAdd(name, new TemplateSource(path, File.ReadAllText(path))))
                throw new TemplateException(path, null, "There is another of that name, but for capital letters.");
        }

        return sources;
    }
}
