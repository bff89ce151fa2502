using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Airliner.Users.Tests.Passwords;

/// <summary>A service that answers as Have I Been Pwned does, on a port of this machine.</summary>
internal sealed class RangeServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RangeServer(WebApplication app) => _app = app;

    /// <summary>What it was asked, with all headers.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    public string Address => _app.Urls.Single();

    /// <summary>Answers what the handler says; null for a list in which nothing is that anybody has.</summary>
    public Func<HttpContext, IResult?> Handler { get; set; } = _ => null;

    public static async Task<RangeServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new RangeServer(app);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        return server;
    }

    /// <summary>Makes it know the password, seen so many times.</summary>
    public void Knows(string password, int times) => Handler = http => http.Request.Path == $"/range/{Hash(password)[..5]}"
        ? Results.Text($"0018A45C4D1DEF81644B54AB7F969B88D65:3\r\n{Hash(password)[5..]}:{times}\r\n00000000000000000000000000000000000:0")
        : null;

    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "The list is of these hashes.")]
    public static string Hash(string password) => Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(password)));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task AnswerAsync(HttpContext http)
    {
        Requests.Enqueue($"{http.Request.Method} {http.Request.Path}{http.Request.QueryString}\n{string.Join('\n', http.Request.Headers.Select(header => $"{header.Key}: {header.Value}"))}");
        return (Handler(http) ?? Results.Text("0018A45C4D1DEF81644B54AB7F969B88D65:3")).ExecuteAsync(http);
    }
}
