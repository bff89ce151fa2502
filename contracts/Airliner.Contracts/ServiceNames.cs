namespace Airliner.Contracts;

/// <summary>The services, as their processes are named. A gateway connects to the silos whose name begins with its own service's; storage and metrics have shorter keys of their own.</summary>
public static class ServiceNames
{
    public const string Users = "usermanagement";
    public const string Auth = "auth";
    public const string Tasks = "taskprocessing";
    public const string Notifications = "notification";
}
