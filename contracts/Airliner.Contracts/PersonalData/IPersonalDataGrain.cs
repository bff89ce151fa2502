namespace Airliner.Contracts.PersonalData;

/// <summary>What one service holds of users, as its <see cref="IPersonalDataSource"/>s know it. Any key; one interface for each service.</summary>
[Alias("airliner.IPersonalDataGrain")]
public interface IPersonalDataGrain : IGrainWithIntegerKey
{
    /// <summary>What the service holds of the user: a JSON object with a member for each source that has something.</summary>
    [ResponseTimeout("00:01:00")]
    [Alias("Export")]
    Task<string> Export(long userId);

    /// <summary>A part of that, for whoever writes it part by part: of some users it is too much for one message, and for a silo's memory.</summary>
    /// <param name="from">What the part before said comes next; null at first.</param>
    [Alias("ExportPart")]
    Task<ExportPart> ExportPart(long userId, ExportPlace? from);

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

/// <summary>Where a part of an export begins.</summary>
/// <param name="Source">The name of its <see cref="IPersonalDataSource"/>.</param>
/// <param name="After">Where in it; null at its beginning.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.ExportPlace")]
public sealed record ExportPlace([property: Id(0)] string Source, [property: Id(1)] string? After);

/// <summary>A part of what a service holds of a user.</summary>
/// <param name="Source">The name of its <see cref="IPersonalDataSource"/>.</param>
/// <param name="Json">What it is; null where the source has nothing. A list where it is one of several parts of it.</param>
/// <param name="Next">Where the next part begins; null where this is the last.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.ExportPart")]
public sealed record ExportPart([property: Id(0)] string Source, [property: Id(1)] string? Json, [property: Id(2)] ExportPlace? Next);
