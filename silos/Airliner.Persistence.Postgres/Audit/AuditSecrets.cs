namespace Airliner.Persistence.Postgres.Audit;

/// <summary>The keys of one service's audit log, none of which is in its database.</summary>
/// <param name="Chain">Signs rows and heads.</param>
/// <param name="Keys">Seals the users' keys.</param>
public sealed record AuditSecrets(byte[] Chain, byte[] Keys)
{
    /// <summary>The keys of a service.</summary>
    /// <param name="derive">Makes the key for a purpose out of the deployment's secret.</param>
    public static AuditSecrets Of(string service, Func<string, byte[]> derive)
    {
        ArgumentNullException.ThrowIfNull(derive);
        return new(derive($"audit chain of {service}"), derive($"audit keys of {service}"));
    }

    /// <summary>Shows no key.</summary>
    public override string ToString() => nameof(AuditSecrets);
}
