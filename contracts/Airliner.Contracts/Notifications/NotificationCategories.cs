namespace Airliner.Contracts.Notifications;

/// <summary>What notifications are about, as users choose between them.</summary>
public static class NotificationCategories
{
    /// <summary>Codes, locks, changed passwords and addresses. They always go, at once, and cannot be switched off.</summary>
    public const string Security = "security";

    /// <summary>The account, but for its security.</summary>
    public const string Account = "account";

    /// <summary>The user's tasks.</summary>
    public const string Tasks = "tasks";

    public static IReadOnlyList<string> All { get; } = [Security, Account, Tasks];
}
