using Airliner.Contracts.Idempotency;
using Airliner.Contracts.Tasks;

namespace Airliner.Tasks.Grains;

/// <summary>One idempotency key of the service. Key: the hash of caller, method, path and key. Store: table <c>stored_answers</c>.</summary>
[CollectionAgeLimit(Minutes = 2)]
[GrainType("tasks-stored-answer")]
internal sealed class TasksStoredAnswerGrain(
    [PersistentState("stored-answer", "tasks-stored-answers")] IPersistentState<StoredAnswerState> answer, BodyHashKey key, TimeProvider time)
    : StoredAnswerGrain(answer, key, time), ITasksStoredAnswerGrain;
