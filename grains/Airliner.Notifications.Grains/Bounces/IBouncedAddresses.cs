using Airliner.Contracts.Notifications;

namespace Airliner.Notifications.Grains.Bounces;

/// <summary>The mail addresses that mails came back from, without regard to case.</summary>
internal interface IBouncedAddresses
{
    /// <summary>The mark of an address, null where it has none.</summary>
    /// <exception cref="Contracts.Records.StorageUnavailableException">The database does not answer.</exception>
    Task<BouncedAddress?> FindAsync(string address);

    /// <summary>Marks addresses. A hard bounce outweighs a complaint.</summary>
    /// <inheritdoc cref="FindAsync" path="/exception"/>
    Task MarkAsync(IReadOnlyList<BouncedAddress> bounced);

    /// <summary>Takes the mark from an address.</summary>
    /// <inheritdoc cref="FindAsync" path="/exception"/>
    Task UnmarkAsync(string address);

    /// <summary>Takes the marks from all addresses that the user's mails went to.</summary>
    /// <inheritdoc cref="FindAsync" path="/exception"/>
    Task UnmarkRecipientsOfAsync(long userId);
}

/// <summary>An address that mails came back from.</summary>
/// <param name="Kind"><see cref="BounceTypes.Hard"/> or <see cref="BounceTypes.Complaint"/>.</param>
internal sealed record BouncedAddress(string Address, string Kind, string Reason)
{
    private const string CallsSpam = "The recipient called an earlier mail spam: ";
    private const string ComesBack = "Mails to this address come back: ";

    /// <summary>Whether a mail was not sent for a mark: <paramref name="obstacle"/> is what <see cref="Obstacle"/> said then.</summary>
    public static bool IsBehind(string? obstacle) =>
        obstacle is not null && (obstacle.StartsWith(CallsSpam, StringComparison.Ordinal) || obstacle.StartsWith(ComesBack, StringComparison.Ordinal));

    /// <summary>
    /// Why no mail of this category goes there; null where it does. Security's always do: who called mails spam still has an account to be warned about, and a mailbox
    /// that is there again must not wait for months for the mail by which its owner gets in.
    /// </summary>
    public string? Obstacle(string category) => (Kind, category) switch
    {
        (_, NotificationCategories.Security) => null,
        (BounceTypes.Complaint, _) => CallsSpam + Reason,
        _ => ComesBack + Reason,
    };

    /// <summary>Shows nobody's address.</summary>
    public override string ToString() => $"BouncedAddress {{ {Kind} }}";
}
