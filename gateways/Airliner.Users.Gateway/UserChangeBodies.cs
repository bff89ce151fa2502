using Airliner.Contracts;
using Airliner.Contracts.Users;
using FluentValidation;

namespace Airliner.Users.Gateway;

/// <summary>The body of a change of a profile: a member that is absent stays. <c>null</c> takes a date of birth away, as RFC 7396 has it.</summary>
internal sealed record UpdateUserBody
{
    private readonly HashSet<string> _given = [];

    public string? FirstName
    {
        get;
        init => (field, _) = (value, _given.Add("firstName"));
    }

    public string? LastName
    {
        get;
        init => (field, _) = (value, _given.Add("lastName"));
    }

    /// <summary><c>YYYY-MM-DD</c>.</summary>
    public string? DateOfBirth
    {
        get;
        init => (field, _) = (value, _given.Add("dateOfBirth"));
    }

    public string? Email
    {
        get;
        init => (field, _) = (value, _given.Add("email"));
    }

    /// <summary>Needed of whoever gives oneself another e-mail address.</summary>
    public string? Password { get; init; }

    /// <summary>Shows no password.</summary>
    public override string ToString() => $"UpdateUserBody {{ {string.Join(", ", _given)} }}";

    /// <summary>Whether the body has the member, be it <c>null</c>.</summary>
    public bool Has(string member) => _given.Contains(member);
}

/// <summary>What a change of a profile must fulfil.</summary>
internal sealed class UpdateUserRules : AbstractValidator<UpdateUserBody>
{
    public UpdateUserRules()
    {
        RuleFor(body => body.FirstName).Must(RegisterRules.IsName).WithMessage(RegisterRules.NameMessage)
            .When(body => body.Has("firstName")).OverridePropertyName("firstName");
        RuleFor(body => body.LastName).Must(RegisterRules.IsName).WithMessage(RegisterRules.NameMessage)
            .When(body => body.Has("lastName")).OverridePropertyName("lastName");
        RuleFor(body => body.DateOfBirth).Must(RegisterRules.IsPastDate).WithMessage(RegisterRules.DateMessage).OverridePropertyName("dateOfBirth");
        RuleFor(body => body.Email).Must(RegisterRules.IsAddress).WithMessage(RegisterRules.AddressMessage)
            .When(body => body.Has("email")).OverridePropertyName("email");
        RuleFor(body => body.Password).MaximumLength(RegistrationLimits.LongestPassword).WithMessage(PasswordMessages.TooLong)
            .OverridePropertyName("password");
    }
}

/// <summary>The body of a change of roles.</summary>
internal sealed record RolesBody(IReadOnlyList<string?>? Roles);

/// <summary>What a change of roles must fulfil.</summary>
internal sealed class RolesRules : AbstractValidator<RolesBody>
{
    public RolesRules() => RuleFor(body => body.Roles).Cascade(CascadeMode.Stop)
        .NotNull().WithMessage("is required.")
        .Must(roles => !roles!.Contains(Roles.Service)).WithMessage("must not have service: machine clients alone have that role.")
        .Must(roles => roles!.All(role => role is not null && UserRoles.All.Contains(role))).WithMessage($"must have none but {string.Join(", ", UserRoles.All)}.")
        .OverridePropertyName("roles");
}

/// <summary>The body of a change of status.</summary>
internal sealed record StatusBody(string? Status);

/// <summary>What a change of status must fulfil.</summary>
internal sealed class StatusRules : AbstractValidator<StatusBody>
{
    public StatusRules() => RuleFor(body => body.Status).Must(status => status is not null && UserStatus.All.Contains(status))
        .WithMessage($"must be one of {string.Join(", ", UserStatus.All)}.").OverridePropertyName("status");
}

/// <summary>The body of a change of password.</summary>
/// <param name="OldPassword">Needed of whoever changes their own.</param>
internal sealed record PasswordBody(string? OldPassword, string? NewPassword)
{
    /// <summary>Shows no password.</summary>
    public override string ToString() => "PasswordBody";
}

/// <summary>What a change of password must fulfil.</summary>
internal sealed class PasswordRules : AbstractValidator<PasswordBody>
{
    public PasswordRules()
    {
        RuleFor(body => body.OldPassword).MaximumLength(RegistrationLimits.LongestPassword).WithMessage(PasswordMessages.TooLong)
            .OverridePropertyName("oldPassword");
        RuleFor(body => body.NewPassword).Cascade(CascadeMode.Stop).NotEmpty().WithMessage("is required.")
            .Length(RegistrationLimits.ShortestPassword, RegistrationLimits.LongestPassword).WithMessage(PasswordRefusal.Length.Message())
            .OverridePropertyName("newPassword");
    }
}
