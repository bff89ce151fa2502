namespace Airliner.EndToEnd.Tests;

/// <summary>Shows what the processes wrote, where the test that ran them failed.</summary>
internal static class FailureLog
{
    public static void WriteIfFailed(string logs)
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
            TestContext.Current.TestOutputHelper?.WriteLine(logs);
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
            TestContext.Current.TestOutputHelper?.WriteLine(logs());
            throw;
        }
    }
}
