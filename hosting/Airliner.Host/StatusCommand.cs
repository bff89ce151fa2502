using Airliner.Host.Embedded;
using Spectre.Console;

namespace Airliner.Host;

/// <summary><c>airliner status</c>: asks every gateway whether it is ready.</summary>
internal static class StatusCommand
{
    public static IReadOnlyCollection<string> Options { get; } = ["--port-offset"];

    /// <returns>0 when all are ready.</returns>
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var ports = EmbeddedPorts.From(arguments);
        (string Name, int Port)[] gateways =
        [
            ("User Management", ports.Users.Rest), ("Task Processing", ports.Tasks.Rest), ("Notification", ports.Notifications.Rest),
            ("Token Management", ports.Auth.Rest),
        ];
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var answers = await Task.WhenAll(gateways.Select(gateway => AskAsync(http, gateway.Port)));
        var table = new Table().AddColumns("service", "address", "status");
        foreach (var (gateway, answer) in gateways.Zip(answers))
            table.AddRow(gateway.Name, $"http://127.0.0.1:{gateway.Port}", Markup.Escape(answer.Text));
        AnsiConsole.Write(table);
        return answers.All(answer => answer.IsReady) ? 0 : 1;
    }

    private static async Task<(bool IsReady, string Text)> AskAsync(HttpClient http, int port)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/readyz"));
            return (answer.IsSuccessStatusCode, answer.IsSuccessStatusCode ? "ready" : await answer.Content.ReadAsStringAsync());
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            return (false, $"no answer: {error.Message}");
        }
    }
}
