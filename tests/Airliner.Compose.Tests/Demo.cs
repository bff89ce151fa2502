using Airliner.Compose.Tests.Engine;

namespace Airliner.Compose.Tests;

/// <summary><c>./airliner demo</c>: a registration, a login, a file, a task, its events in Kafka and its mail in MailDev.</summary>
internal static class Demo
{
    /// <summary>Runs it to its end, which is good when every step answered what it must.</summary>
    public static async Task RunAsync(ComposedSystem system, params IEnumerable<string> options) =>
        TestContext.Current.TestOutputHelper!.WriteLine(await system.HostAsync(["demo", .. options]));
}
