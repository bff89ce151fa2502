using Airliner.Contracts.Idempotency;
using Airliner.Contracts.Notifications;

namespace Airliner.Notifications.Grains;

/// <summary>One idempotency key of the service. Key: the hash of caller, method, path and key. Store: table <c>stored_answers</c>.</summary>
[CollectionAgeLimit(Minutes = 2)]
[GrainType("notifications-stored-answer")]
internal sealed class NotificationsStoredAnswerGrain(
    [PersistentState("stored-answer", "notifications-stored-answers")] IPersistentState<StoredAnswerState> answer, BodyHashKey key, TimeProvider time)
    : StoredAnswerGrain(answer, key, time), INotificationsStoredAnswerGrain;
