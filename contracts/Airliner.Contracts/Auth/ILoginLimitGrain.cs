using Airliner.Contracts.Limits;

namespace Airliner.Contracts.Auth;

/// <summary>How many logins an address may try, right or wrong. Key: the address, as <see cref="SourceNetwork"/> names it.</summary>
[Alias("airliner.ILoginLimitGrain")]
public interface ILoginLimitGrain : IAddressLimit;
