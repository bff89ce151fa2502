using System.Buffers;

namespace Airliner.Artifacts;

/// <summary>The shape of a key, and its place below a folder or prefix.</summary>
internal static class ArtifactKey
{
    private const int MaxLength = 512;

    private static readonly SearchValues<char> _allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>The path of a key below a folder.</summary>
    public static string PathBelow(string folder, string key) => Path.Join(folder, Checked(key));

    /// <summary>The key, if it is one. No segment may start with a dot: that rules out <c>..</c> and the names of temporary files.</summary>
    public static string Checked(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (key.Length > MaxLength)
            throw new ArgumentException($"A key has at most {MaxLength} characters.", nameof(key));
        foreach (var range in key.AsSpan().Split('/'))
        {
            var segment = key.AsSpan(range);
            if (segment.IsEmpty || segment[0] == '.' || segment.ContainsAnyExcept(_allowed))
                throw new ArgumentException("A key is a relative path of plain segments.", nameof(key));
        }

        return key;
    }
}
