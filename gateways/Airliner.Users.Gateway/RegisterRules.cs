using System.Globalization;
using System.Net;
using System.Net.Mail;
using Airliner.Contracts.Users;
using FluentValidation;

namespace Airliner.Users.Gateway;

/// <summary>The body of a registration.</summary>
/// <param name="DateOfBirth"><c>YYYY-MM-DD</c>.</param>
internal sealed record RegisterBody(string? Username, string? Email, string? Password, string? FirstName, string? LastName, string? DateOfBirth)
{
    /// <summary>Names the user without the password.</summary>
    public override string ToString() => $"RegisterBody {{ {Username} }}";
}

/// <summary>What a registration must fulfil.</summary>
internal sealed class RegisterRules : AbstractValidator<RegisterBody>
{
    public const string NameMessage = "must have 1 to 50 characters and no control characters.";
    public const string DateMessage = "must be a date in the past, as YYYY-MM-DD.";

    public static string AddressMessage { get; } = $"must be an e-mail address of at most {RegistrationLimits.LongestEmail} characters.";

    public RegisterRules()
    {
        RuleFor(body => body.Username).NotEmpty().WithMessage("is required.")
            .Matches(RegistrationLimits.Username()).WithMessage($"must have {RegistrationLimits.UsernameRule}.").OverridePropertyName("username");
        RuleFor(body => body.Email).NotEmpty().WithMessage("is required.")
            .Must(IsAddress).WithMessage(AddressMessage).OverridePropertyName("email");
        RuleFor(body => body.Password).NotEmpty().WithMessage("is required.")
            .Length(RegistrationLimits.ShortestPassword, RegistrationLimits.LongestPassword).WithMessage(PasswordRefusal.Length.Message())
            .OverridePropertyName("password");
        RuleFor(body => body.FirstName).Must(IsName).WithMessage(NameMessage).OverridePropertyName("firstName");
        RuleFor(body => body.LastName).Must(IsName).WithMessage(NameMessage).OverridePropertyName("lastName");
        RuleFor(body => body.DateOfBirth).Must(IsPastDate).WithMessage(DateMessage).OverridePropertyName("dateOfBirth");
        RuleLevelCascadeMode = CascadeMode.Stop;
    }

    /// <summary>The date, null where it is none.</summary>
    public static DateOnly? Date(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;

    /// <summary>An address as RFC 5321 limits it, with a domain (no IP address, which a relay would dial), and no display name or quoting beside it.</summary>
    public static bool IsAddress(string? text) =>
        text is { Length: <= RegistrationLimits.LongestEmail } && text.All(c => c is > ' ' and < '\x7f') && MailAddress.TryCreate(text, out var address)
        && address.Address == text && address.Host.Contains('.') && !address.Host.StartsWith('[') && !IPAddress.TryParse(address.Host, out _) && !address.Host.EndsWith('.') && address.User.Length <= 64;

    public static bool IsName(string? name) => name?.Trim() is { Length: >= 1 and <= 50 } && name.Length <= 50 && !name.Any(char.IsControl);

    /// <summary>Whether the date, where one is given, is in the past.</summary>
    public static bool IsPastDate(string? text) =>
        text is null || Date(text) is { } date && date < DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
}
