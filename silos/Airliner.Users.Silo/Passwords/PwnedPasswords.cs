using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Airliner.Users.Grains.Passwords;

namespace Airliner.Users.Silo.Passwords;

/// <summary>
/// Looks passwords up at Have I Been Pwned, or a service like it, without telling them: it is asked for all hashes with the same first five of forty hexadecimal
/// digits, some hundreds, and padded so that the length of the answer tells nothing either (https://haveibeenpwned.com/API/v3#SearchingPwnedPasswordsByRange).
/// What cannot be looked up is let through.
/// </summary>
internal sealed partial class PwnedPasswords(IHttpClientFactory clients, BreachCheckOptions options, TimeProvider time, ILogger<PwnedPasswords> log) : IBreachedPasswords
{
    private const int PrefixLength = 5;
    private static readonly TimeSpan _logInterval = TimeSpan.FromMinutes(1);
    private static readonly Meter _meter = new("Airliner.Users");
    private static readonly Counter<long> _checks = _meter.CreateCounter<long>(
        "airliner.passwords.breach_checks", "{check}", "New passwords looked up among those known from leaks, by outcome: found, clean, failed.");

    private long _nextLogAt = long.MinValue;

    public async Task<bool> ContainAsync(string password)
    {
        if (!options.Enabled)
            return false;
        var isFound = await LookUpAsync(Hash(password));
        _checks.Add(1, new KeyValuePair<string, object?>("outcome", isFound switch { true => "found", false => "clean", null => "failed" }));
        return isFound == true;
    }

    /// <summary>Null where the service does not say.</summary>
    private async Task<bool?> LookUpAsync(string hash)
    {
        try
        {
            using var client = clients.CreateClient(nameof(PwnedPasswords));
            var answer = await client.GetStringAsync(new Uri($"range/{hash[..PrefixLength]}", UriKind.Relative));
            return Contains(answer, hash.AsSpan(PrefixLength));
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException or InvalidDataException or InvalidOperationException)
        {
            // The last is what a charset gives that nobody knows.
            LogOnceAMinute(error.Message);
            return null;
        }
    }

    /// <summary>Whether a line is of this suffix and counts a leak; lines of padding count none.</summary>
    private static bool Contains(string answer, ReadOnlySpan<char> suffix)
    {
        var isAnswer = false;
        foreach (var line in answer.AsSpan().EnumerateLines())
        {
            if (line.IsWhiteSpace())
                continue;
            var colon = line.IndexOf(':');
            if (colon < 0 || !long.TryParse(line[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
                throw new InvalidDataException("The answer is no list of hashes.");
            isAnswer = true;
            if (count > 0 && line[..colon].Equals(suffix, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return isAnswer ? false : throw new InvalidDataException("The answer is empty.");
    }

    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "It protects nothing here: the list is of these hashes.")]
    private static string Hash(string password) => Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(password)));

    private void LogOnceAMinute(string reason)
    {
        var (now, next) = (time.GetTimestamp(), Interlocked.Read(ref _nextLogAt));
        var after = now + (long)(_logInterval.TotalSeconds * time.TimestampFrequency);
        if (now >= next && Interlocked.CompareExchange(ref _nextLogAt, after, next) == next)
            LogFailed(reason);
    }

    [LoggerMessage(LogLevel.Warning, "New passwords are not looked up among those known from leaks, and are let through: {Reason}")]
    private partial void LogFailed(string reason);
}
