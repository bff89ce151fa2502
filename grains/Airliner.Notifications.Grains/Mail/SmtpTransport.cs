using System.Collections.Concurrent;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;

namespace Airliner.Notifications.Grains.Mail;

/// <summary>Sends mails by SMTP over a few connections that are used again.</summary>
internal sealed class SmtpTransport(IOptions<SmtpOptions> options, TimeProvider time) : IMailTransport, IDisposable
{
    private const int TlsPort = 465;

    private readonly SmtpOptions _options = options.Value;
    private readonly SemaphoreSlim _free = new(options.Value.MaxConnections);
    private readonly ConcurrentStack<Connection> _idle = new();

    public string Name { get; } = $"smtp://{options.Value.Host}:{options.Value.Port}";

    public Task RemoveAsync(long notificationId) => Task.CompletedTask;

    public async Task<string> SendAsync(MimeMessage message, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        try
        {
            var client = await ConnectAsync(cancellationToken);
            try
            {
                var answer = await client.SendAsync(message, cancellationToken);
                _idle.Push(new Connection(client, time.GetTimestamp()));
                return answer;
            }
            catch (SmtpCommandException error)
            {
                // The server spoke and is ready for the next mail, unless it said that it goes (421).
                if (client.IsConnected && error.StatusCode != SmtpStatusCode.ServiceNotAvailable)
                    _idle.Push(new Connection(client, time.GetTimestamp()));
                else
                    client.Dispose();
                if ((int)error.StatusCode >= 500)
                    throw new MailRefusedException(Describe(error), error);
                throw new IOException(Describe(error), error);
            }
            catch
            {
                client.Dispose();
                throw;
            }
        }
        finally
        {
            _free.Release();
        }
    }

    public void Dispose()
    {
        while (_idle.TryPop(out var connection))
            connection.Client.Dispose();
        _free.Dispose();
    }

    private static string Describe(SmtpCommandException error) => $"{(int)error.StatusCode} {error.Message}";

    /// <summary>A connection that is ready for a mail: one that waits, if it is still alive, else a new one.</summary>
    private async Task<SmtpClient> ConnectAsync(CancellationToken cancellationToken)
    {
        while (_idle.TryPop(out var idle))
        {
            if (await IsAliveAsync(idle, cancellationToken))
                return idle.Client;
            idle.Client.Dispose();
        }

        var client = new SmtpClient();
        try
        {
            await client.ConnectAsync(_options.Host!, _options.Port, Security(), cancellationToken);
            if (_options.User is { } user)
                await client.AuthenticateAsync(user, await ReadPasswordAsync(cancellationToken), cancellationToken);
            return client;
        }
        catch (SmtpCommandException error)
        {
            // What the server says before it was given a mail is of the server: 554 in its greeting does not condemn the mail.
            client.Dispose();
            throw new IOException($"The server does not serve us: {Describe(error)}", error);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private async Task<bool> IsAliveAsync(Connection idle, CancellationToken cancellationToken)
    {
        if (!idle.Client.IsConnected)
            return false;
        if (time.GetElapsedTime(idle.Since) < _options.TrustIdleFor)
            return true;
        try
        {
            await idle.Client.NoOpAsync(cancellationToken);
            return true;
        }
        catch (Exception error) when (error is IOException or CommandException or ProtocolException or ServiceNotConnectedException)
        {
            return false;
        }
    }

    private SecureSocketOptions Security()
    {
        if (_options.Port == TlsPort)
            return SecureSocketOptions.SslOnConnect;
        return _options.StartTls ?? _options.User is not null ? SecureSocketOptions.StartTls : SecureSocketOptions.None;
    }

    private async Task<string> ReadPasswordAsync(CancellationToken cancellationToken) =>
        _options.PasswordFile is { } file ? (await File.ReadAllTextAsync(file, cancellationToken)).TrimEnd('\r', '\n') : "";

    private sealed record Connection(SmtpClient Client, long Since);
}
