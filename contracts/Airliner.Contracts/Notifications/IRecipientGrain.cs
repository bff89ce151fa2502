namespace Airliner.Contracts.Notifications;

/// <summary>One user as somebody who is told things: the preferences, and what they make of a delivery. Key: the user's id.</summary>
[Alias("airliner.IRecipientGrain")]
public interface IRecipientGrain : IGrainWithIntegerKey
{
    /// <summary>The preferences; the defaults where none were set.</summary>
    [Alias("GetPreferences")]
    Task<NotificationPreferences> GetPreferences();

    /// <summary>Replaces the preferences as a whole. It can be repeated.</summary>
    /// <exception cref="Records.RecordRejectedException">
    /// By <see cref="PersonalData.PersonalDataSources.ErasedUser"/>: everything of the user was erased.
    /// </exception>
    [Alias("SetPreferences")]
    Task<NotificationPreferences> SetPreferences(NotificationPreferences preferences);

    /// <summary>Ends mails of a category. It can be repeated.</summary>
    /// <param name="category">Any but security.</param>
    [Alias("EndMails")]
    Task EndMails(string category);

    /// <summary>How a notification that is due is to be delivered now. A yes takes one of the user's permits, unless the notification has one.</summary>
    [Alias("Ask")]
    Task<DeliveryTerms> Ask(DeliveryQuestion question);

    /// <summary>Gives back the permit that a notification has taken and needs no more: nobody is to get it.</summary>
    [Alias("GiveBack")]
    Task GiveBack(string channel);

    /// <summary>Takes away the preferences. It can be repeated.</summary>
    [Alias("Erase")]
    Task Erase();
}

/// <summary>The links by which mails are ended without a login. Any key.</summary>
[Alias("airliner.IUnsubscribeGrain")]
public interface IUnsubscribeGrain : IGrainWithIntegerKey
{
    /// <summary>The category whose mails the token ends, null where it is none that was given out. Changes nothing.</summary>
    [Alias("Read")]
    Task<string?> Read(string token);

    /// <summary>Ends the mails that the token stands for. It can be repeated.</summary>
    /// <returns>Whether the token was given out.</returns>
    [Alias("Unsubscribe")]
    Task<bool> Unsubscribe(string token);
}
