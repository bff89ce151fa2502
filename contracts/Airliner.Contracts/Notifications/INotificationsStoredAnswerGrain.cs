using Airliner.Contracts.Idempotency;

namespace Airliner.Contracts.Notifications;

/// <summary>An idempotency key of Notification.</summary>
[Alias("airliner.INotificationsStoredAnswerGrain")]
public interface INotificationsStoredAnswerGrain : IStoredAnswerGrain;
