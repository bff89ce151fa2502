using System.Text.Json;
using System.Text.RegularExpressions;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains.Handlers.Rows;

namespace Airliner.Tasks.Grains.Handlers.FileUpload;

/// <summary>The parameters of a <c>file_upload</c> task.</summary>
/// <param name="Url">Where the file is; judged by who fetches it.</param>
/// <param name="Name">What to call it; null as its server does.</param>
/// <param name="Sha256">What its bytes must come to, lower-case hex; null where anything is welcome.</param>
/// <param name="MaxBytes">The largest file to take.</param>
internal sealed partial record FileUploadParameters(string Url, string? Name, string? Sha256, long MaxBytes)
{
    /// <exception cref="TaskInputException">They cannot be used; the message names the member.</exception>
    public static FileUploadParameters Parse(JsonElement parameters, long mostBytes)
    {
        var root = new JsonMember(parameters, "");
        return new(root.Member("url").Text(), NameOf(root.Member("name")), HashOf(root.Member("sha256")), BytesOf(root.Member("maxBytes"), mostBytes));
    }

    private static string? NameOf(JsonMember name)
    {
        if (!name.Exists)
            return null;
        var text = name.Text();
        return StoredFiles.NameOf(text) == text
            ? text
            : throw name.Wrong($"must have 1 to {StoredFiles.LongestName} characters, no slash, no control character and no space around it");
    }

    private static string? HashOf(JsonMember hash)
    {
        if (!hash.Exists)
            return null;
        return Hex64().IsMatch(hash.Text()) ? hash.Text().ToLowerInvariant() : throw hash.Wrong("must be 64 hexadecimal digits");
    }

    private static long BytesOf(JsonMember bytes, long most)
    {
        if (!bytes.Exists)
            return most;
        return bytes.WholeNumber() is var number && number >= 1 && number <= most ? number : throw bytes.Wrong($"must be from 1 to {most}");
    }

    [GeneratedRegex("^[0-9A-Fa-f]{64}\\z")]
    private static partial Regex Hex64();
}
