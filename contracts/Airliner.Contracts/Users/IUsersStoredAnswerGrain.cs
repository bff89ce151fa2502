using Airliner.Contracts.Idempotency;

namespace Airliner.Contracts.Users;

/// <summary>An idempotency key of User Management.</summary>
[Alias("airliner.IUsersStoredAnswerGrain")]
public interface IUsersStoredAnswerGrain : IStoredAnswerGrain;
