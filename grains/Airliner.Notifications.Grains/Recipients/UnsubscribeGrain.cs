using Airliner.Contracts.Notifications;
using Airliner.Contracts.PersonalData;
using Airliner.Contracts.Records;
using Orleans.Concurrency;

namespace Airliner.Notifications.Grains.Recipients;

/// <summary>Ends mails by the links in them. Key: any. Store: none; asks the recipient.</summary>
[Reentrant]
[StatelessWorker]
[GrainType("unsubscribe")]
internal sealed class UnsubscribeGrain(UnsubscribeLinks links) : Grain, IUnsubscribeGrain
{
    public Task<string?> Read(string token) => Task.FromResult(links.TryRead(token, out _, out var category) ? category : null);

    public async Task<bool> Unsubscribe(string token)
    {
        if (!links.TryRead(token, out var userId, out var category))
            return false;
        try
        {
            await GrainFactory.GetGrain<IRecipientGrain>(userId).EndMails(category);
        }
        catch (RecordRejectedException refused) when (refused.Constraint == PersonalDataSources.ErasedUser)
        {
            // Whoever was erased gets no mails.
        }

        return true;
    }
}
