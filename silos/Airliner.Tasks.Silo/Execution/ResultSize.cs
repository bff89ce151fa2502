using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Airliner.Contracts.Tasks;

namespace Airliner.Tasks.Silo.Execution;

/// <summary>How long a result may be, whichever handler gives it: it travels with its task, also where many are listed.</summary>
internal static class ResultSize
{
    /// <summary>In bytes of its JSON.</summary>
    private const int Most = 1024 * 1024;

    /// <summary>The end of an attempt that came to a result. Where that is too long no other attempt follows, which would come to the same.</summary>
    public static AttemptResult ToAttemptResult(this JsonElement result)
    {
        var length = LengthOf(result);
        return length <= Most
            ? new AttemptResult(Result: result.GetRawText())
            : new AttemptResult(Error: string.Create(CultureInfo.InvariantCulture, $"The result is too long: it has {length} bytes{Longest(result)}, and may have {Most}."));
    }

    private static string Longest(JsonElement result)
    {
        if (result.ValueKind != JsonValueKind.Object)
            return "";
        var member = result.EnumerateObject().MaxBy(member => LengthOf(member.Value));
        return string.Create(CultureInfo.InvariantCulture, $", {LengthOf(member.Value)} of them in {member.Name}");
    }

    private static int LengthOf(JsonElement value) => JsonMarshal.GetRawUtf8Value(value).Length;
}
