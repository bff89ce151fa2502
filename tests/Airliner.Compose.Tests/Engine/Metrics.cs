using System.Globalization;

namespace Airliner.Compose.Tests.Engine;

/// <summary>What a silo's container says at <c>/metrics</c>, which is open inside the container's network alone.</summary>
internal static class Metrics
{
    private const string Read = "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /metrics HTTP/1.0\\r\\n\\r\\n' >&3 && cat <&3";

    /// <summary>The sum of the samples whose line begins with a metric's name and has <paramref name="label"/>.</summary>
    public static async Task<double> SumAsync(this ComposedSystem system, string container, string metric, string label = "")
    {
        var text = await system.RunAsync("docker", "exec", container, "bash", "-c", Read);
        return text.Split('\n')
            .Where(line => line.StartsWith(metric, StringComparison.Ordinal) && line.Contains(label, StringComparison.Ordinal))
            // name{labels} value time
            .Sum(line => double.Parse(line[(line.LastIndexOf('}') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture));
    }
}
