namespace Airliner.Contracts;

/// <summary>Answers when a service can work: its silo is there, and its database answers the silo. Any key; one interface for each service.</summary>
[Alias("airliner.IServiceProbe")]
public interface IServiceProbe : IGrainWithIntegerKey
{
    [Alias("Ping")]
    Task Ping();
}

[Alias("airliner.IUsersProbe")]
public interface IUsersProbe : IServiceProbe;

[Alias("airliner.IAuthProbe")]
public interface IAuthProbe : IServiceProbe;

[Alias("airliner.ITasksProbe")]
public interface ITasksProbe : IServiceProbe;

[Alias("airliner.INotificationsProbe")]
public interface INotificationsProbe : IServiceProbe;
