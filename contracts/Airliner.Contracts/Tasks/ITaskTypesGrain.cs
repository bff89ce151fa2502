using System.Text.RegularExpressions;

namespace Airliner.Contracts.Tasks;

/// <summary>The task types that workers have registered. Any key.</summary>
[Alias("airliner.ITaskTypesGrain")]
public interface ITaskTypesGrain : IGrainWithIntegerKey
{
    /// <summary>All of them, in alphabetical order.</summary>
    /// <exception cref="Records.StorageUnavailableException">The database does not answer.</exception>
    [Alias("All")]
    Task<IReadOnlyList<string>> All();
}

/// <summary>How task types are called.</summary>
public static partial class TaskTypeNames
{
    /// <summary>What a name must be, for those who are told that theirs is none.</summary>
    public const string Rule = "1 to 64 lower-case letters, digits and '_'";

    /// <summary>Whether this could be one: 1–64 of <c>a–z 0–9 _</c>.</summary>
    public static bool AreLike(string taskType) => Pattern().IsMatch(taskType);

    [GeneratedRegex(@"^[a-z0-9_]{1,64}\z")]
    private static partial Regex Pattern();
}
