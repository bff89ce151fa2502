using System.Diagnostics.Metrics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Airliner.Telemetry.Tests.Metrics;

/// <summary>The counters of this process, also those that have counted nothing yet: <c>/metrics</c> shows one from its first count on.</summary>
internal static partial class UncountedCounters
{
    /// <summary>Their names as Prometheus will show them.</summary>
    public static IReadOnlySet<string> Find()
    {
        // A counter is made with its class, and a class when it is first used.
        foreach (var type in OurTypes().Where(type => !type.ContainsGenericParameters && type.GetFields(BindingFlags.Static | BindingFlags.NonPublic).Any(field => field.FieldType.IsAssignableTo(typeof(Instrument)))))
            RuntimeHelpers.RunClassConstructor(type.TypeHandle);
        var names = new HashSet<string>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() is { } kind && (kind == typeof(Counter<>) || kind == typeof(ObservableCounter<>)))
                    names.Add($"{Forbidden().Replace(instrument.Name, "_")}_total");
            },
        };
        listener.Start();
        return names;
    }

    private static IEnumerable<Type> OurTypes() =>
        AppDomain.CurrentDomain.GetAssemblies().Where(assembly => assembly.GetName().Name!.StartsWith("Airliner.", StringComparison.Ordinal)).SelectMany(assembly => assembly.GetTypes());

    [GeneratedRegex("[^a-zA-Z0-9_:]")]
    private static partial Regex Forbidden();
}
