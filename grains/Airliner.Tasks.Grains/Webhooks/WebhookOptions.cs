namespace Airliner.Tasks.Grains.Webhooks;

/// <summary>How webhooks are told, and how many there may be: the section <c>Tasks:Webhooks</c>.</summary>
internal sealed class WebhookOptions
{
    /// <summary>Webhooks of one user.</summary>
    public int MostPerUser { get; set; } = 20;

    /// <summary>How long an endpoint may take to answer one delivery.</summary>
    public TimeSpan AnswersWithin { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Deliveries under way to one endpoint at once.</summary>
    public int MostAtOnce { get; set; } = 8;

    /// <summary>Deliveries under way at once from one silo.</summary>
    public int MostAtOncePerSilo { get; set; } = 128;

    /// <summary>How long nothing may be taken before the webhook is disabled.</summary>
    public TimeSpan DisabledAfter { get; set; } = TimeSpan.FromDays(5);

    /// <summary>How long a delivery is kept, done or not: longer than Kafka keeps an event, which would make it again.</summary>
    public TimeSpan KeptFor { get; set; } = TimeSpan.FromDays(8);

    /// <summary>How often the table is looked through for what is due.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The waits between the tries of a delivery; null for those that Standard Webhooks recommends. After the last try it is given up.</summary>
    public TimeSpan[]? RetryDelays { get; set; }
}
