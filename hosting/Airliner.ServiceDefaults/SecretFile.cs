using Microsoft.Extensions.Configuration;

namespace Airliner.ServiceDefaults;

/// <summary>Secrets that are kept in files.</summary>
public static class SecretFile
{
    /// <summary>The file's text without the line end.</summary>
    /// <exception cref="InvalidOperationException">The file cannot be read; the message names it.</exception>
    public static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path).TrimEnd('\r', '\n');
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"The secret file {path} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>The file's text; where there is no such file, <paramref name="make"/>'s, which is then in it, with mode 0600.</summary>
    public static string ReadOrMake(string path, Func<string> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        if (File.Exists(path))
            return Read(path);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        // Whole or not at all, and the first of two processes wins.
        var made = $"{path}.{Guid.NewGuid():n}";
        Write(made, make());
        try
        {
            File.Move(made, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(made);
        }

        return Read(path);
    }

    /// <summary>Writes lines to a file of mode 0600, which is on the disk then; one that is there is replaced.</summary>
    public static void Write(string path, params IEnumerable<string> lines)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        using var writer = new StreamWriter(file);
        foreach (var line in lines)
            writer.WriteLine(line);
        writer.Flush();
        // What is read with it is on the disk before the file system would have it there.
        file.Flush(flushToDisk: true);
    }

    /// <summary>Where a secret is that was made because none was given: in <c>Data:Folder</c>.</summary>
    public static string PathOfMade(IConfiguration configuration, string fileName)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return Path.GetFullPath(Path.Combine(configuration["Data:Folder"] ?? ".airliner", fileName));
    }

    /// <summary>The setting <paramref name="name"/>, or the text of the file that <c>{name}_FILE</c> names; null where neither is set.</summary>
    public static string? Setting(IConfiguration configuration, string name)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return configuration[name] is { Length: > 0 } value ? value : configuration[name + "_FILE"] is { Length: > 0 } file ? Read(file) : null;
    }
}
