using Airliner.Contracts.Idempotency;
using Airliner.Contracts.Users;

namespace Airliner.Users.Grains;

/// <summary>One idempotency key of the service. Key: the hash of caller, method, path and key. Store: table <c>stored_answers</c>.</summary>
[CollectionAgeLimit(Minutes = 2)]
[GrainType("users-stored-answer")]
internal sealed class UsersStoredAnswerGrain(
    [PersistentState("stored-answer", "users-stored-answers")] IPersistentState<StoredAnswerState> answer, BodyHashKey key, TimeProvider time)
    : StoredAnswerGrain(answer, key, time), IUsersStoredAnswerGrain;
