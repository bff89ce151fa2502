using System.Text.Json;

namespace Airliner.EndToEnd.Tests.Processes;

/// <summary>One run of <c>airliner status</c>.</summary>
/// <param name="Code">Its exit code.</param>
internal sealed record StatusRun(int Code, string Output)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(90);

    private JsonElement? _json;

    /// <summary>What it wrote for programs: the whole output, or it would be no JSON.</summary>
    public JsonElement Json => _json ??= JsonElement.Parse(Output);

    /// <summary>Whether it came that far: one that could not ask writes why, and no JSON.</summary>
    public bool IsJson => Output.StartsWith('{');

    public bool IsHealthy => IsJson && Json.GetProperty("healthy").GetBoolean();

    public IEnumerable<string> Problems => Json.GetProperty("problems").EnumerateArray().Select(problem => problem.GetString()!);

    public IEnumerable<JsonElement> Gateways => Json.GetProperty("gateways").EnumerateArray();

    public IEnumerable<JsonElement> Silos => Json.GetProperty("silos") is { ValueKind: JsonValueKind.Array } silos ? silos.EnumerateArray() : [];

    /// <summary>The silos of a service that are active and answer.</summary>
    public IEnumerable<JsonElement> Answering(string service) => Silos.Where(silo =>
        silo.GetProperty("answers").GetBoolean() && silo.GetProperty("services").EnumerateArray().Any(one => one.GetString() == service));

    public static async Task<StatusRun> OfAsync(IEnumerable<KeyValuePair<string, string>> settings, params string[] words)
    {
        await using var status = SystemProcess.Start(Programs.Host, ["status", .. words], settings, "status");
        var code = await status.ExitAsync(_patience);
        Assert.DoesNotContain("Unhandled exception", status.Output, StringComparison.Ordinal);
        return new(code, status.Output);
    }

    public override string ToString() => $"{Code} {Output}";
}
