using Airliner.Contracts.Idempotency;

namespace Airliner.Contracts.Tasks;

/// <summary>An idempotency key of Task Processing.</summary>
[Alias("airliner.ITasksStoredAnswerGrain")]
public interface ITasksStoredAnswerGrain : IStoredAnswerGrain;
