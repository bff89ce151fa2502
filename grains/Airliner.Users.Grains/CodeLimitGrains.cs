using Airliner.Contracts.Limits;
using Airliner.Contracts.Users;

namespace Airliner.Users.Grains;

/// <summary>The forgotten passwords of one address. Key: the address. Store: none.</summary>
[CollectionAgeLimit(Minutes = 2)]
[GrainType("forgotten-password-limit")]
internal sealed class ForgottenPasswordLimitGrain(ForgottenPasswordLimitSettings settings, TimeProvider time)
    : AddressLimitGrain(settings, time), IForgottenPasswordLimitGrain;

/// <summary>The one-time codes that one address tries. Key: the address. Store: none.</summary>
[CollectionAgeLimit(Minutes = 2)]
[GrainType("code-try-limit")]
internal sealed class CodeTryLimitGrain(CodeTryLimitSettings settings, TimeProvider time)
    : AddressLimitGrain(settings, time), ICodeTryLimitGrain;

/// <summary>Section <c>Limits:ForgottenPassword</c>. The default lets ten people behind one address forget theirs at once, and then one every six minutes.</summary>
internal sealed class ForgottenPasswordLimitSettings() : LimitSettings(permits: 10, window: TimeSpan.FromHours(1));

/// <summary>Section <c>Limits:CodeTries</c>. The default lets a course of 20 people mistype theirs twice, and an attacker spend six codes of others at once.</summary>
internal sealed class CodeTryLimitSettings() : LimitSettings(permits: 60, window: TimeSpan.FromHours(1));
