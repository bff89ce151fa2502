using Airliner.Tasks.Grains;

namespace Airliner.Tasks.Silo.Execution;

/// <summary>Reads which silos live from this silo's view of the membership.</summary>
internal sealed class SiloLiveness(ILocalSiloDetails local, ISiloStatusOracle membership) : ISiloLiveness
{
    public string Self { get; } = local.SiloAddress.ToParsableString();

    public bool IsAlive(string silo) => silo == Self || (silo.Length > 0 && !membership.IsDeadSilo(SiloAddress.FromParsableString(silo))
        && membership.GetApproximateSiloStatus(SiloAddress.FromParsableString(silo)) is not (SiloStatus.None or SiloStatus.Dead));
}
