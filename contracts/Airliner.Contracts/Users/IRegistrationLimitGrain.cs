using Airliner.Contracts.Limits;

namespace Airliner.Contracts.Users;

/// <summary>How many registrations an address may ask for. Key: the address, as <see cref="SourceNetwork"/> names it.</summary>
[Alias("airliner.IRegistrationLimitGrain")]
public interface IRegistrationLimitGrain : IAddressLimit;
