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

    /// <summary>The setting <paramref name="name"/>, or the text of the file that <c>{name}_FILE</c> names; null where neither is set.</summary>
    public static string? Setting(IConfiguration configuration, string name)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return configuration[name] is { Length: > 0 } value ? value : configuration[name + "_FILE"] is { Length: > 0 } file ? Read(file) : null;
    }
}
