using Airliner.Contracts.Limits;
using Airliner.Contracts.Users;

namespace Airliner.Users.Grains;

/// <summary>The registrations of one address. Key: the address. Store: none.</summary>
[CollectionAgeLimit(Minutes = 2)]
[GrainType("registration-limit")]
internal sealed class RegistrationLimitGrain(RegistrationLimitSettings settings, TimeProvider time)
    : AddressLimitGrain(settings, time), IRegistrationLimitGrain;

/// <summary>Section <c>Limits:Registration</c>. The default lets a course of 20 people behind one address register at once, and then one a minute.</summary>
internal sealed class RegistrationLimitSettings() : LimitSettings(permits: 20, window: TimeSpan.FromMinutes(20));
