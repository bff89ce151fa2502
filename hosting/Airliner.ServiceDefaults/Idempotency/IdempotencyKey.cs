using System.Security.Cryptography;
using System.Text;
using Airliner.ServiceDefaults.Requests;
using Microsoft.AspNetCore.Http;

namespace Airliner.ServiceDefaults.Idempotency;

/// <summary>The header (draft-ietf-httpapi-idempotency-key-header), and what a key is known by.</summary>
internal static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";

    public const string Rule = "must be there once and have 1 to 255 visible ASCII characters, bare or as a quoted string.";

    private const int Longest = 255;

    /// <summary>The key; false where the header is not a key. The draft's quoted form (RFC 8941 §3.3.3) names the same key as the bare one.</summary>
    public static bool TryRead(HttpRequest request, out string key)
    {
        key = request.Headers[Header].Count == 1 ? request.Headers[Header].ToString() : "";
        if (key.StartsWith('"') && !TryUnquote(key, out key))
            return false;
        return key.Length is > 0 and <= Longest && key.All(character => character is > ' ' and <= '~');
    }

    /// <summary>
    /// Where a key of a request's is kept: it belongs to the caller, method and path. A caller is the token's subject, be it a user or a machine client; without
    /// a token, the address.
    /// </summary>
    public static string GrainKey(HttpContext http, string key)
    {
        var caller = http.User.FindFirst("sub")?.Value is { } subject ? $"subject {subject}" : $"address {http.SourceAddress()}";
        // A path may have any character, the others no line end: no two requests run into the same text.
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{caller}\n{http.Request.Method}\n{http.Request.Path}\n{key}")));
    }

    private static bool TryUnquote(string quoted, out string text)
    {
        var unquoted = new StringBuilder(quoted.Length);
        text = "";
        for (var i = 1; i < quoted.Length; i++)
        {
            if (quoted[i] == '"')
            {
                text = unquoted.ToString();
                return i == quoted.Length - 1;
            }

            if (quoted[i] == '\\' && (++i == quoted.Length || quoted[i] is not ('"' or '\\')))
                return false;
            unquoted.Append(quoted[i]);
        }

        return false;
    }
}
