using Airliner.Contracts.Auth;
using Airliner.Contracts.Limits;

namespace Airliner.Auth.Grains;

/// <summary>The logins of one address. Key: the address. Store: none.</summary>
[CollectionAgeLimit(Minutes = 2)]
[GrainType("login-limit")]
internal sealed class LoginLimitGrain(LoginLimitSettings settings, TimeProvider time)
    : AddressLimitGrain(settings, time), ILoginLimitGrain;

/// <summary>
/// Section <c>Limits:Login</c>. The default lets 300 people behind one address come to work within five minutes, and an attacker there try one password a second.
/// </summary>
internal sealed class LoginLimitSettings() : LimitSettings(permits: 300, window: TimeSpan.FromMinutes(5));
