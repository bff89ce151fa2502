namespace Airliner.Notifications.Grains;

/// <summary>How deliveries are tried, and tried again.</summary>
internal sealed class DeliveryOptions
{
    /// <summary>The wait after the first failure; it doubles with each.</summary>
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The wait never grows beyond.</summary>
    public TimeSpan LongestDelay { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long after its creation a notification is given up.</summary>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromHours(72);

    /// <summary>How long a provider may take for one notification; less than the two minutes that a call to the grain may last.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Deliveries under way at once, in one silo.</summary>
    public int Concurrency { get; set; } = 16;

    /// <summary>Due notifications that a silo takes from the table at once.</summary>
    public int PageSize { get; set; } = 256;

    /// <summary>How often the table is looked through while nothing is known to be due.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);
}
