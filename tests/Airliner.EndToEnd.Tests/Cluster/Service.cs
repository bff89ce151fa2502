namespace Airliner.EndToEnd.Tests.Cluster;

/// <summary>One of the four services, as it is spread over a silo and a gateway.</summary>
/// <param name="Name">The middle of its projects' names, and its database's in the settings.</param>
/// <param name="Grains">The types of its grains.</param>
internal sealed record Service(string Name, string[] Grains)
{
    public static Service Users { get; } = new("Users",
    [
        "code-try-limit", "credentials", "forgotten-password-limit", "guard-key", "registration", "registration-limit", "user",
        "user-access", "user-audit", "user-id-blocks", "user-queries", "users-personal-data", "users-probe", "users-stored-answer",
    ]);

    public static Service Auth { get; } = new("Auth",
    [
        "auth-audit", "auth-personal-data", "auth-probe", "auth-stored-answer", "cluster-report", "login", "login-guard", "login-limit", "oauth-client",
        "oauth-client-queries", "refresh", "revocations", "signing-keys", "user-sessions",
    ]);

    public static Service Tasks { get; } = new("Tasks",
    [
        "file", "file-queries", "schedule", "schedule-queries", "task", "task-batch", "task-creation", "task-group", "task-history", "task-id-blocks",
        "task-queries", "task-queue", "task-retries", "task-types", "tasks-personal-data", "tasks-probe", "tasks-stored-answer", "user-schedules", "user-webhooks",
        "webhook", "worker",
    ]);

    public static Service Notifications { get; } = new("Notifications",
    [
        "inbox", "notification", "notification-bounces", "notification-queries", "notification-redrives", "notifications-personal-data", "notifications-probe",
        "notifications-stored-answer", "recipient", "template-preview", "unsubscribe", "user-push-subscriptions",
    ]);

    public static IReadOnlyList<Service> All { get; } = [Users, Auth, Tasks, Notifications];

    public string Silo => $"Airliner.{Name}.Silo";

    public string Gateway => $"Airliner.{Name}.Gateway";

    public override string ToString() => Name;
}
