namespace Airliner.EndToEnd.Tests.Erasure;

/// <summary>A person whose every value is to be found nowhere else.</summary>
internal sealed class Person
{
    public string Username { get; } = $"zq{Token()}";

    public string Email { get; } = $"{Token()}@example.com";

    public string FirstName { get; } = $"Fi{Token()}";

    public string NewFirstName { get; } = $"Fn{Token()}";

    public string LastName { get; } = $"La{Token()}";

    public string DateOfBirth { get; } = $"19{Random.Shared.Next(10, 30)}-{Random.Shared.Next(1, 13):00}-{Random.Shared.Next(1, 29):00}";

    public string Password { get; } = $"pw-{Token()}{Token()}";

    public string NewPassword { get; } = $"pn-{Token()}{Token()}";

    public string UserAgent { get; } = $"Agent-{Token()}";

    public string FileName { get; } = $"{Token()}.csv";

    /// <summary>A cell of the file.</summary>
    public string Cell { get; } = $"Ce{Token()}";

    /// <summary>A cell of a task's own text.</summary>
    public string Parameter { get; } = $"Pa{Token()}";

    /// <summary>What a task names and cannot use.</summary>
    public string WrongParameter { get; } = $"Wr{Token()}";

    /// <summary>What a task that has not run yet is to do.</summary>
    public string LaterParameter { get; } = $"Lp{Token()}";

    /// <summary>What is kept while the user is there.</summary>
    public IReadOnlyList<string> Kept => [Username, Email, NewFirstName, LastName, DateOfBirth, UserAgent, FileName, Cell, Parameter, WrongParameter, LaterParameter];

    public IReadOnlyList<string> All => [.. Kept, FirstName, Password, NewPassword];

    private static string Token() => $"{Guid.NewGuid():n}"[..16];
}
