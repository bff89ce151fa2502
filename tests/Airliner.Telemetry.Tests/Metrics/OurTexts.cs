using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Airliner.Telemetry.Tests.Metrics;

/// <summary>The texts in the code of our assemblies: what a label can have for a value that no request of a test brings about.</summary>
internal static class OurTexts
{
    public static IReadOnlySet<string> Find() =>
        Directory.EnumerateFiles(AppContext.BaseDirectory, "Airliner.*.dll")
            .Where(file => !Path.GetFileName(file).Contains("Test", StringComparison.Ordinal))
            .SelectMany(Of).ToHashSet(StringComparer.Ordinal);

    private static IEnumerable<string> Of(string file)
    {
        using var assembly = new PEReader(File.OpenRead(file));
        var reader = assembly.GetMetadataReader();
        // The first place of the heap has the empty text.
        for (var text = reader.GetNextHandle(MetadataTokens.UserStringHandle(0)); !text.IsNil; text = reader.GetNextHandle(text))
            yield return reader.GetUserString(text);
    }
}
