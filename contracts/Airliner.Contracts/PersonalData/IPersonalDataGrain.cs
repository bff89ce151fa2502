namespace Airliner.Contracts.PersonalData;

/// <summary>What one service holds of users, as its <see cref="IPersonalDataSource"/>s know it. Any key; one interface for each service.</summary>
[Alias("airliner.IPersonalDataGrain")]
public interface IPersonalDataGrain : IGrainWithIntegerKey
{
    /// <summary>What the service holds of the user: a JSON object with a member for each source that has something.</summary>
    [ResponseTimeout("00:01:00")]
    [Alias("Export")]
    Task<string> Export(long userId);

    /// <summary>Takes away what the service holds of a user who was deleted. It can be repeated.</summary>
    [ResponseTimeout("00:02:00")]
    [Alias("Erase")]
    Task Erase(long userId);
}

[Alias("airliner.IUsersPersonalData")]
public interface IUsersPersonalData : IPersonalDataGrain;

[Alias("airliner.IAuthPersonalData")]
public interface IAuthPersonalData : IPersonalDataGrain;

[Alias("airliner.ITasksPersonalData")]
public interface ITasksPersonalData : IPersonalDataGrain;

[Alias("airliner.INotificationsPersonalData")]
public interface INotificationsPersonalData : IPersonalDataGrain;
