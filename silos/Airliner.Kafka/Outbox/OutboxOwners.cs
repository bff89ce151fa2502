using Microsoft.Extensions.DependencyInjection;

namespace Airliner.Kafka.Outbox;

/// <summary>Which owners of outbox rows will never publish them.</summary>
internal interface IOutboxOwners
{
    /// <summary>Those of <paramref name="owners"/> that are dead or unknown, by a membership read after this is called.</summary>
    Task<IReadOnlyCollection<string>> GoneAsync(IReadOnlyCollection<string> owners, CancellationToken cancellationToken);
}

/// <summary>
/// Asks the cluster's membership. A silo is in it before it can own a row, so one that is missing from a table that was read after its row is long
/// dead and cleaned away.
/// </summary>
internal sealed class ClusterOutboxOwners(IServiceProvider services) : IOutboxOwners
{
    public async Task<IReadOnlyCollection<string>> GoneAsync(IReadOnlyCollection<string> owners, CancellationToken cancellationToken)
    {
        var membership = services.GetRequiredService<IClusterMembershipService>();
        await JoinedAsync(membership, cancellationToken);
        // Without a version to reach it always reads the table.
        await membership.Refresh(default, cancellationToken);
        var silos = membership.CurrentSnapshot;
        return [.. owners.Where(owner => Address(owner) is not { } silo || silos.GetSiloStatus(silo) is SiloStatus.Dead or SiloStatus.None)];
    }

    /// <summary>Ends when this silo is a member: before, the membership may not be there to be read.</summary>
    private async Task JoinedAsync(IClusterMembershipService membership, CancellationToken cancellationToken)
    {
        var self = services.GetRequiredService<ILocalSiloDetails>().SiloAddress;
        await foreach (var silos in membership.MembershipUpdates.WithCancellation(cancellationToken))
        {
            if (silos.GetSiloStatus(self) is not (SiloStatus.None or SiloStatus.Created or SiloStatus.Joining))
                return;
        }
    }

    private static SiloAddress? Address(string owner)
    {
        try
        {
            return SiloAddress.FromParsableString(owner);
        }
        catch (Exception error) when (error is FormatException or ArgumentException or OverflowException)
        {
            // No silo is called that.
            return null;
        }
    }
}
