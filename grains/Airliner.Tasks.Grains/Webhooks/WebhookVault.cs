using Airliner.Contracts;

namespace Airliner.Tasks.Grains.Webhooks;

/// <summary>Seals the secrets of webhooks for the table, each bound to its webhook's id.</summary>
/// <param name="key">256 bits.</param>
internal sealed class WebhookVault(byte[] key)
{
    public byte[] Seal(string webhookId, byte[] secret) => SealedBytes.Seal(key, secret, webhookId);

    /// <exception cref="InvalidOperationException">It was sealed with another key.</exception>
    public byte[] Open(string webhookId, byte[] sealedSecret) => SealedBytes.Open(key, sealedSecret, webhookId) ?? throw new InvalidOperationException(
        $"The secret of the webhook {webhookId} cannot be opened: it was stored under another AIRLINER_SERVER_KEY. Give the silo that one again.");
}
