namespace Airliner.EndToEnd.Tests;

/// <summary>Shows what the processes wrote, where the test that ran them failed.</summary>
internal static class FailureLog
{
    private const int Longest = 60_000;

    public static void WriteIfFailed(string logs)
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
            Write(logs);
    }

    /// <summary>Prepares a test; one that cannot be prepared is never disposed of, so its log is written here.</summary>
    public static async Task WithAsync(Func<Task> prepare, Func<string> logs)
    {
        try
        {
            await prepare();
        }
        catch
        {
            Write(logs());
            throw;
        }
    }

    private static void Write(string logs) =>
        TestContext.Current.TestOutputHelper?.WriteLine(logs.Length > Longest ? $"...{logs[^Longest..]}" : logs);
}
