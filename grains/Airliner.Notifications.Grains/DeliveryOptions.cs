using Airliner.Contracts.Notifications;

namespace Airliner.Notifications.Grains;

/// <summary>How deliveries are tried, and tried again.</summary>
internal sealed class DeliveryOptions
{
    /// <summary>The wait after the first failure; it doubles with each.</summary>
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The wait never grows beyond.</summary>
    public TimeSpan LongestDelay { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long after its first attempt since its creation, or its redrive, a mail is given up.</summary>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromHours(72);

    /// <summary>The same of a text message, which tells of what is now.</summary>
    public TimeSpan SmsGiveUpAfter { get; set; } = TimeSpan.FromHours(4);

    /// <summary>The same of a push message.</summary>
    public TimeSpan PushGiveUpAfter { get; set; } = TimeSpan.FromHours(4);

    /// <summary>
    /// How long a provider may take for one notification. Those of a channel are asked one after the other, in the two minutes that a call to the grain may last.
    /// </summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Deliveries of one channel under way at once, in one silo. Most of a delivery is waiting, for the provider and for the commit.</summary>
    public int Concurrency { get; set; } = 64;

    /// <summary>Deliveries of security's notifications under way at once by one channel, in one silo, beside the others.</summary>
    public int SecurityConcurrency { get; set; } = 8;

    /// <summary>Due notifications that a silo takes from the table at once.</summary>
    public int PageSize { get; set; } = 256;

    /// <summary>How often the table is looked through while nothing is known to be due.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a notification of the channel is tried.</summary>
    public TimeSpan GiveUpAfterOf(string channel) => channel switch
    {
        Channels.Sms => SmsGiveUpAfter,
        Channels.Push => PushGiveUpAfter,
        _ => GiveUpAfter,
    };
}
