using Airliner.Contracts.Auth;
using Airliner.Contracts.Idempotency;

namespace Airliner.Auth.Grains;

/// <summary>One idempotency key of the service. Key: the hash of caller, method, path and key. Store: table <c>stored_answers</c>.</summary>
[CollectionAgeLimit(Minutes = 2)]
[GrainType("auth-stored-answer")]
internal sealed class AuthStoredAnswerGrain(
    [PersistentState("stored-answer", "auth-stored-answers")] IPersistentState<StoredAnswerState> answer, BodyHashKey key, TimeProvider time)
    : StoredAnswerGrain(answer, key, time), IAuthStoredAnswerGrain;
