using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains;

namespace Airliner.Tasks.Silo.Execution;

/// <summary>Reads which silos live from this silo's view of the membership.</summary>
internal sealed class SiloLiveness(ILocalSiloDetails local, ISiloStatusOracle membership) : ISiloLiveness
{
    public string Self { get; } = local.SiloAddress.ToParsableString();

    public bool IsAlive(string owner) => owner == Self || LeaseNames.WorkerOf(owner) is not null || (owner.Length > 0 && IsMember(SiloAddress.FromParsableString(owner)));

    private bool IsMember(SiloAddress silo) =>
        !membership.IsDeadSilo(silo) && membership.GetApproximateSiloStatus(silo) is not (SiloStatus.None or SiloStatus.Dead);
}
