using System.Text.Json;
using Airliner.Compose.Tests.Engine;
using Airliner.Testing;

namespace Airliner.Compose.Tests;

/// <summary><c>./airliner status --json</c>, as operators ask for it.</summary>
internal static class Status
{
    /// <summary>Waits until a service has so many silos that answer, and each of them activations of a grain.</summary>
    /// <returns>How long that took, to within one run of the command.</returns>
    public static Task<TimeSpan> SpreadAsync(ComposedSystem system, params (int Silos, string Service, string Grain)[] wanted) => Eventually.True(
        async () => await SilosAsync(system) is var silos && wanted.All(one => EachHas(silos, one.Silos, one.Service, one.Grain)),
        TimeSpan.FromMinutes(3),
        "each silo has grains of its service");

    private static async Task<JsonElement[]> SilosAsync(ComposedSystem system)
    {
        var status = JsonElement.Parse(await ReadAsync(system));
        // None where nobody could be asked.
        return status.GetProperty("silos") is not { ValueKind: JsonValueKind.Array } silos
            ? []
            : [.. silos.EnumerateArray().Where(silo => silo.GetProperty("answers").GetBoolean())];
    }

    private static async Task<string> ReadAsync(ComposedSystem system)
    {
        try
        {
            return await system.HostAsync("status", "--json");
        }
        catch (CommandException unwell) when (unwell.Output.Length > 0)
        {
            // It says so by its exit code, while a silo that was just added does not read its topics yet.
            return unwell.Output;
        }
    }

    private static bool EachHas(IEnumerable<JsonElement> silos, int count, string service, string grain)
    {
        var those = silos.Where(silo => silo.GetProperty("services").EnumerateArray().Any(one => one.GetString() == service)).ToArray();
        return those.Length == count
            && those.All(silo => silo.GetProperty("grains").EnumerateArray().Any(one => one.GetProperty("type").GetString() == grain && one.GetProperty("count").GetInt32() > 0));
    }
}
