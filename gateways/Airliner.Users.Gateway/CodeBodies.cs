using Airliner.Contracts.Users;
using FluentValidation;

namespace Airliner.Users.Gateway;

/// <summary>The body that verifies an address.</summary>
/// <param name="Code">As the mail has it; case, spaces and dashes do not matter.</param>
internal sealed record VerifyEmailBody(string? Code)
{
    /// <summary>Shows no code.</summary>
    public override string ToString() => nameof(VerifyEmailBody);
}

/// <summary>What a verification must fulfil.</summary>
internal sealed class VerifyEmailRules : AbstractValidator<VerifyEmailBody>
{
    public VerifyEmailRules() => RuleFor(body => body.Code).IsCode();
}

/// <summary>The body of whoever forgot the password.</summary>
internal sealed record ForgotPasswordBody(string? Email)
{
    /// <summary>Shows nobody's address.</summary>
    public override string ToString() => nameof(ForgotPasswordBody);
}

/// <summary>What it must fulfil.</summary>
internal sealed class ForgotPasswordRules : AbstractValidator<ForgotPasswordBody>
{
    public ForgotPasswordRules() => RuleFor(body => body.Email).IsAddress();
}

/// <summary>The body that sets a new password in place of one that was forgotten.</summary>
/// <param name="Code">As the mail has it; case, spaces and dashes do not matter.</param>
internal sealed record ResetPasswordBody(string? Email, string? Code, string? NewPassword)
{
    /// <summary>Shows nothing that is secret.</summary>
    public override string ToString() => nameof(ResetPasswordBody);
}

/// <summary>What a reset must fulfil.</summary>
internal sealed class ResetPasswordRules : AbstractValidator<ResetPasswordBody>
{
    public ResetPasswordRules()
    {
        RuleFor(body => body.Email).IsAddress();
        RuleFor(body => body.Code).IsCode();
        RuleFor(body => body.NewPassword).Cascade(CascadeMode.Stop).NotEmpty().WithMessage("is required.")
            .Length(RegistrationLimits.ShortestPassword, RegistrationLimits.LongestPassword).WithMessage(PasswordRefusal.Length.Message())
            .OverridePropertyName("newPassword");
    }
}

/// <summary>Rules that several of these bodies have.</summary>
internal static class CodeRules
{
    /// <summary>Far more than a code has, with any spaces and dashes between.</summary>
    private const int LongestCode = 100;

    public static void IsCode<TBody>(this IRuleBuilderInitial<TBody, string?> rule) => rule.Cascade(CascadeMode.Stop)
        .NotEmpty().WithMessage("is required.").MaximumLength(LongestCode).WithMessage("is too long.").OverridePropertyName("code");

    public static void IsAddress<TBody>(this IRuleBuilderInitial<TBody, string?> rule) => rule.Cascade(CascadeMode.Stop)
        .NotEmpty().WithMessage("is required.").Must(RegisterRules.IsAddress).WithMessage(RegisterRules.AddressMessage).OverridePropertyName("email");
}
