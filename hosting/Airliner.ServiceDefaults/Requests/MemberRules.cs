using FluentValidation;

namespace Airliner.ServiceDefaults.Requests;

/// <summary>Rules that members of several bodies have. Each lets a member pass that is left out.</summary>
public static class MemberRules
{
    /// <param name="member">The member's name in the answer.</param>
    public static void IsId<TBody>(this IRuleBuilderInitial<TBody, long?> rule, string member) =>
        rule.GreaterThanOrEqualTo(1).WithMessage("must be a whole number from 1.").OverridePropertyName(member);

    /// <param name="member">The member's name in the answer.</param>
    public static void IsOneOf<TBody>(this IRuleBuilderInitial<TBody, string?> rule, string member, IReadOnlyCollection<string> allowed) =>
        rule.Must(value => value is null || allowed.Contains(value)).WithMessage($"must be one of {string.Join(", ", allowed)}.").OverridePropertyName(member);

    /// <summary>Postgres takes no NUL in a text.</summary>
    /// <param name="member">The member's name in the answer.</param>
    public static void HasNoNul<TBody>(this IRuleBuilderInitial<TBody, string?> rule, string member) =>
        rule.Must(value => value is null || !value.Contains('\0', StringComparison.Ordinal)).WithMessage("must not have a NUL character.").OverridePropertyName(member);
}
