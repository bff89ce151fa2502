using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Airliner.Host.Embedded;
using Airliner.Host.Status;

namespace Airliner.Host.Dashboard;

/// <summary>
/// <c>airliner dashboard</c>: shows the Orleans Dashboard to a browser on this machine. A browser cannot send an access token of itself, and a token is good in the
/// <c>Authorization</c> header alone: this process stands between the two, and adds it.
/// </summary>
internal static class DashboardCommand
{
    private const string Dashboard = "/dashboard";

    public static IReadOnlyCollection<string> Options { get; } = [EmbeddedPorts.Offset, GatewayTransport.CaFile, .. AdminCredentials.Options];

    /// <summary>Runs until it is told to stop.</summary>
    /// <exception cref="StartException">There is no dashboard, or nobody can be logged in; the message says what to do.</exception>
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var gateway = GatewayAddress.All(arguments).First(one => one.Service == GatewayAddress.Auth).Address.GetLeftPart(UriPartial.Authority);
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var http = new HttpClient(GatewayTransport.From(arguments).CreateHandler()) { DefaultRequestHeaders = { { "User-Agent", "airliner-dashboard" } } };
        try
        {
            await using var session = await AdminSession.OpenAsync(http, gateway, AdminCredentials.Find(arguments));
            await RequireAsync(session, gateway);
            // Whoever can connect to the port is not the administrator yet: other users of the machine can, and pages in the browser. The path is the key.
            var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
            await using var app = Create(key, path => session.GetAsync($"{gateway}{Dashboard}{path}"));
            await app.StartAsync(stop.Token);
            Console.WriteLine($"{app.Urls.Single()}/{key}/");
            Console.WriteLine("ready: open that in a browser on this machine, and show it to nobody; Ctrl-C ends it");
            await Task.Delay(Timeout.Infinite, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await app.StopAsync(CancellationToken.None);
            return 0;
        }
        catch (NotAnsweredException error)
        {
            throw new StartException(error.Message, error);
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }

    private static async Task RequireAsync(AdminSession session, string gateway)
    {
        using var answer = await session.GetAsync($"{gateway}{Dashboard}/version");
        if (answer.StatusCode == HttpStatusCode.OK)
            return;
        throw answer.StatusCode switch
        {
            HttpStatusCode.NotFound => new StartException("The dashboard is off. Dashboard__Enabled=true turns it on, for every silo and for the gateway of auth."),
            HttpStatusCode.Forbidden => new StartException("The dashboard is for administrators alone: name one (--username)."),
            _ => new NotAnsweredException($"{gateway}{Dashboard} answered {await AdminSession.TextAsync(answer)}"),
        };
    }

    /// <summary>A server on a free port of 127.0.0.1 that passes on what is below the key.</summary>
    private static WebApplication Create(string key, Func<string, Task<HttpResponseMessage>> ask)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.MapGet($"/{key}/{{**path}}", async (HttpContext context) =>
        {
            // A name that somebody else's server gave this address is none of ours (DNS rebinding).
            if (context.Request.Host.Host != IPAddress.Loopback.ToString())
                return Results.NotFound();
            context.Request.Path.StartsWithSegments($"/{key}", out var path);
            try
            {
                using var answer = await ask($"{path.ToUriComponent()}{context.Request.QueryString}");
                context.Response.StatusCode = (int)answer.StatusCode;
                context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
                context.Response.Headers["Referrer-Policy"] = "no-referrer";
                await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
                return Results.Empty;
            }
            catch (NotAnsweredException error)
            {
                return Results.Text(error.Message, statusCode: StatusCodes.Status502BadGateway);
            }
        });
        return app;
    }
}
