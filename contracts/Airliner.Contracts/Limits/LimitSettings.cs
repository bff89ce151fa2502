namespace Airliner.Contracts.Limits;

/// <summary>A limit: so many at once, and as many again, evenly, in each window.</summary>
public class LimitSettings(int permits, TimeSpan window)
{
    public int Permits { get; set; } = permits;

    public TimeSpan Window { get; set; } = window;

    /// <exception cref="InvalidOperationException">The limit would let nothing through, or cannot be counted; the message names the section.</exception>
    public static T Checked<T>(T settings, string section)
        where T : LimitSettings
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings.Permits > 0 && settings.Window.Ticks >= settings.Permits
            ? settings
            : throw new InvalidOperationException($"{section}:Permits must be 1 or more, and {section}:Window a time.");
    }
}
