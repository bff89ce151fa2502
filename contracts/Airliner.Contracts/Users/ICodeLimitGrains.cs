using Airliner.Contracts.Limits;

namespace Airliner.Contracts.Users;

/// <summary>How often an address may say that it forgot a password. Key: the address, as <see cref="SourceNetwork"/> names it.</summary>
[Alias("airliner.IForgottenPasswordLimitGrain")]
public interface IForgottenPasswordLimitGrain : IAddressLimit;

/// <summary>How many one-time codes an address may try, of whatever purpose and account. Key: the address, as <see cref="SourceNetwork"/> names it.</summary>
[Alias("airliner.ICodeTryLimitGrain")]
public interface ICodeTryLimitGrain : IAddressLimit;
