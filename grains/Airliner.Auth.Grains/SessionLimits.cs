namespace Airliner.Auth.Grains;

/// <summary>Bounds of sessions, section <c>Sessions</c>.</summary>
internal sealed class SessionLimits
{
    /// <summary>The most that <see cref="MostPerUser"/> may be: they are one row, and one page of a list.</summary>
    private const int Most = 200;

    /// <summary>Sessions of one user at once; one more ends the one that would have expired first.</summary>
    public int MostPerUser { get; set; } = 100;

    /// <summary>How long a session lasts that is not refreshed.</summary>
    public TimeSpan IdleLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long a session lasts, however often it is refreshed.</summary>
    public TimeSpan LongestLifetime { get; set; } = TimeSpan.FromDays(90);

    /// <summary>When a session that is opened or refreshed now expires.</summary>
    public DateTimeOffset ExpiryOf(DateTimeOffset createdAt, DateTimeOffset now)
    {
        var (idle, end) = (now + IdleLifetime, createdAt + LongestLifetime);
        return idle < end ? idle : end;
    }

    /// <exception cref="InvalidOperationException">A setting is out of its range.</exception>
    public SessionLimits Checked() =>
        MostPerUser is >= 1 and <= Most && IdleLifetime > TimeSpan.Zero && LongestLifetime > TimeSpan.Zero
            ? this
            : throw new InvalidOperationException($"Sessions:MostPerUser must be from 1 to {Most}, and the lifetimes of sessions more than nothing.");
}
