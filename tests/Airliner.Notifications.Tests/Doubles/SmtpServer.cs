using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MimeKit;

namespace Airliner.Notifications.Tests.Doubles;

/// <summary>What the server does with the next mail.</summary>
internal enum SmtpBehaviour
{
    /// <summary>Takes it.</summary>
    Take,

    /// <summary>Answers its recipient with 451, which is of the recipient.</summary>
    DeferRecipient,

    /// <summary>Answers its recipient with 550.</summary>
    RefuseRecipient,

    /// <summary>Answers its recipient with 550, and by the enhanced status says that it is for now.</summary>
    Greylist,

    /// <summary>Answers its recipient with 554, as one that does not relay for us says of each.</summary>
    DenyRelay,

    /// <summary>Answers its sender with 550.</summary>
    RefuseSender,

    /// <summary>Answers its sender with 530.</summary>
    AskForLogin,

    /// <summary>Answers its data with 554.</summary>
    RefuseData,

    /// <summary>Takes it when the test says.</summary>
    Hold,

    /// <summary>Closes the connection when the mail begins.</summary>
    Drop,

    /// <summary>Greets with 554 and closes. Answers whoever connects next.</summary>
    RefuseService,
}

/// <summary>An SMTP server on a loopback port that does with each mail what the test says, and by default takes it.</summary>
internal sealed class SmtpServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<SmtpBehaviour> _plan = new();
    private readonly ConcurrentDictionary<Task, bool> _sessions = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;
    private readonly X509Certificate2? _certificate;
    private readonly string? _login;
    private readonly TaskCompletionSource _noOp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _connections;

    /// <param name="certificate">With it the server turns to TLS when it is asked to (RFC 3207).</param>
    /// <param name="login">User and password, with a colon between, whom alone it takes mails from; it takes them within TLS.</param>
    public SmtpServer(X509Certificate2? certificate = null, string? login = null)
    {
        (_certificate, _login) = (certificate, login);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public int Connections => _connections;

    /// <summary>Whether it answers NOOP. A connection that was dropped in silence does not.</summary>
    public bool AnswersNoOp { get; set; } = true;

    /// <summary>Ends with the first NOOP.</summary>
    public Task AskedNoOp => _noOp.Task.WaitAsync(TimeSpan.FromSeconds(30));

    public ConcurrentQueue<MimeMessage> Taken { get; } = new();

    /// <summary>Has as many as there were mails to hold.</summary>
    public SemaphoreSlim Held { get; } = new(0);

    /// <summary>Takes one that is held for each that it is given.</summary>
    public SemaphoreSlim LetGo { get; } = new(0);

    public void Plan(params SmtpBehaviour[] behaviours)
    {
        foreach (var behaviour in behaviours)
            _plan.Enqueue(behaviour);
    }

    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
            return;
        await _stopping.CancelAsync();
        // Before it is stopped: it refuses to be asked for the next client then.
        await _accepting;
        _listener.Stop();
        await Task.WhenAll(_sessions.Keys);
        Held.Dispose();
        LetGo.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                Interlocked.Increment(ref _connections);
                _sessions.TryAdd(ServeAsync(client), true);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
                await ServeAsync(client.GetStream());
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            // The client, or the test, has gone.
        }
    }

    private async Task ServeAsync(NetworkStream stream)
    {
        var (reader, writer) = Over(stream);
        if (_plan.TryPeek(out var atConnect) && atConnect == SmtpBehaviour.RefuseService)
        {
            _plan.TryDequeue(out _);
            await writer.WriteLineAsync("554 no service for you");
            return;
        }

        await writer.WriteLineAsync("220 test ready");
        if (await ServeAsync(reader, writer, isSecure: false))
        {
            await using var secure = new SslStream(stream);
            await secure.AuthenticateAsServerAsync(_certificate!);
            (reader, writer) = Over(secure);
            await ServeAsync(reader, writer, isSecure: true);
        }
    }

    /// <summary>Latin-1 keeps every byte as it came.</summary>
    private static (StreamReader Reader, StreamWriter Writer) Over(Stream stream) =>
        (new(stream, Encoding.Latin1, leaveOpen: true), new(stream, Encoding.Latin1, leaveOpen: true) { NewLine = "\r\n", AutoFlush = true });

    /// <returns>Whether the client goes on within TLS.</returns>
    private async Task<bool> ServeAsync(StreamReader reader, StreamWriter writer, bool isSecure)
    {
        var isLoggedIn = _login is null;
        var behaviour = SmtpBehaviour.Take;
        while (await reader.ReadLineAsync(_stopping.Token) is { } line)
        {
            var verb = line.Split(' ', ':')[0].ToUpperInvariant();
            if (verb == "MAIL" && !_plan.TryDequeue(out behaviour))
                behaviour = SmtpBehaviour.Take;
            if (behaviour == SmtpBehaviour.Drop)
                return false;
            if (verb == "AUTH")
                isLoggedIn = isSecure && line == $"AUTH PLAIN {Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{_login!.Replace(':', '\0')}"))}";
            if (verb == "NOOP")
                _noOp.TrySetResult();
            if (verb == "NOOP" && !AnswersNoOp)
                continue;
            var answer = (verb, behaviour) switch
            {
                ("EHLO", _) => "250-test\r\n250-ENHANCEDSTATUSCODES\r\n" + Offers(isSecure) + "250 8BITMIME",
                ("STARTTLS", _) => "220 go ahead",
                ("AUTH", _) => isLoggedIn ? "235 2.7.0 welcome" : "535 5.7.8 no",
                ("MAIL", _) when !isLoggedIn => "530 5.7.0 log in first",
                ("RCPT", SmtpBehaviour.DeferRecipient) => "451 4.3.0 try later",
                ("RCPT", SmtpBehaviour.RefuseRecipient) => "550 5.1.1 nobody here",
                ("RCPT", SmtpBehaviour.Greylist) => "550 4.7.1 greylisted",
                ("RCPT", SmtpBehaviour.DenyRelay) => "554 5.7.1 <ada@example.org>: Relay access denied",
                ("MAIL", SmtpBehaviour.RefuseSender) => "550 5.7.1 not from you",
                ("MAIL", SmtpBehaviour.AskForLogin) => "530 5.7.0 log in first",
                ("DATA", _) => "354 go on",
                ("QUIT", _) => "221 bye",
                _ => "250 ok",
            };
            await writer.WriteLineAsync(answer);
            if (verb is "STARTTLS" or "QUIT")
                return verb == "STARTTLS";
            if (verb == "DATA")
                await TakeAsync(reader, writer, behaviour);
        }

        return false;
    }

    private string Offers(bool isSecure) => (isSecure, _certificate, _login) switch
    {
        (false, not null, _) => "250-STARTTLS\r\n",
        (true, _, not null) => "250-AUTH PLAIN\r\n",
        _ => "",
    };

    private async Task TakeAsync(StreamReader reader, StreamWriter writer, SmtpBehaviour behaviour)
    {
        var content = new StringBuilder();
        while (await reader.ReadLineAsync(_stopping.Token) is { } line && line != ".")
            content.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
        if (behaviour == SmtpBehaviour.RefuseData)
        {
            await writer.WriteLineAsync("554 5.6.0 not this");
            return;
        }

        if (behaviour == SmtpBehaviour.Hold)
        {
            Held.Release();
            await LetGo.WaitAsync(_stopping.Token);
        }

        using var stream = new MemoryStream(Encoding.Latin1.GetBytes(content.ToString()));
        Taken.Enqueue(await MimeMessage.LoadAsync(stream, _stopping.Token));
        await writer.WriteLineAsync($"250 taken as {Taken.Count}");
    }
}
