using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Airliner.Auth.Tests;

/// <summary>
/// Stands in for grains, and for their factory. A class that implemented a grain's interface would be taken for a grain by the silo that these tests run.
/// </summary>
[SuppressMessage("Performance", "CA1852:Seal internal types", Justification = "A proxy is a subtype that is made at runtime.")]
internal class StandIn : DispatchProxy
{
    private Func<MethodInfo, object?[], object?> _answer = null!;

    public static T Of<T>(Func<MethodInfo, object?[], object?> answer)
        where T : class
    {
        var standIn = Create<T, StandIn>();
        ((StandIn)(object)standIn)._answer = answer;
        return standIn;
    }

    /// <summary>A factory that knows these grains alone, whatever the key.</summary>
    public static IGrainFactory Factory(params object[] grains) =>
        Of<IGrainFactory>((method, _) => grains.Single(grain => method.GetGenericArguments()[0].IsInstanceOfType(grain)));

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _answer(targetMethod!, args ?? []);
}
