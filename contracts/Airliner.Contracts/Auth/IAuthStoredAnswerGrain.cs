using Airliner.Contracts.Idempotency;

namespace Airliner.Contracts.Auth;

/// <summary>An idempotency key of Token Management.</summary>
[Alias("airliner.IAuthStoredAnswerGrain")]
public interface IAuthStoredAnswerGrain : IStoredAnswerGrain;
