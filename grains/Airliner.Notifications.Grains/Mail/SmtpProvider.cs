using System.Collections.Concurrent;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains.Providers;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace Airliner.Notifications.Grains.Mail;

/// <summary>Sends mails by SMTP over a few connections that are used again.</summary>
internal sealed partial class SmtpProvider(SmtpServerOptions server, MailComposer composer, TimeProvider time) : IChannelProvider, IDisposable
{
    private const int TlsPort = 465;

    private static readonly TimeSpan _answersNoOpWithin = TimeSpan.FromSeconds(5);

    // Firewalls forget what is silent, and then say nothing to either side.
    private static readonly TimeSpan _longestIdle = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _free = new(server.MaxConnections);
    private readonly ConcurrentStack<Connection> _idle = new();

    public string Channel => Channels.Email;

    public string Name { get; } = $"smtp://{server.Host}:{server.Port}";

    public int MostAtOnce => server.MaxConnections;

    public async Task<string> SendAsync(OutgoingNotification notification, CancellationToken cancellationToken)
    {
        using var message = composer.Compose(notification);
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
                if (IsOfTheMail(error))
                    throw new DeliveryRefusedException(Describe(error), error);
                // A mailbox that is full, or a sender that is greylisted there: the server serves the others.
                if (error.ErrorCode == SmtpErrorCode.RecipientNotAccepted && error.StatusCode != SmtpStatusCode.ServiceNotAvailable && !PolicyStatus().IsMatch(error.Message))
                    throw new RecipientUnreachableException(Describe(error), mayBeTriedAgain: true);
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

    /// <summary>
    /// Whether the server will never take this mail: 5xx, unless it is about its policy (5.7.x, RFC 3463 §3.8) when it hears of the recipient, as one that does not relay
    /// for this host says of every recipient, or the enhanced status (RFC 3463) says that it is for now, as servers do that greylist by 550. A
    /// server that wants a login, or does not take our sender, serves no mail of ours: that is of the server, and can be put right.
    /// </summary>
    private static bool IsOfTheMail(SmtpCommandException error) =>
        (int)error.StatusCode >= 500
        && error.ErrorCode != SmtpErrorCode.SenderNotAccepted
        && error.StatusCode is not (SmtpStatusCode.AuthenticationRequired or SmtpStatusCode.AuthenticationInvalidCredentials
            or SmtpStatusCode.AuthenticationMechanismTooWeak or SmtpStatusCode.EncryptionRequiredForAuthenticationMechanism)
        && !(error.ErrorCode == SmtpErrorCode.RecipientNotAccepted && PolicyStatus().IsMatch(error.Message))
        && !TemporaryStatus().IsMatch(error.Message);

    [GeneratedRegex(@"^5\.7\.\d{1,3}\b")]
    private static partial Regex PolicyStatus();

    [GeneratedRegex(@"^4\.\d{1,3}\.\d{1,3}\b")]
    private static partial Regex TemporaryStatus();

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

        var client = NewClient();
        try
        {
            await client.ConnectAsync(server.Host!, server.Port, Security(), cancellationToken);
            if (server.User is { } user)
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

    private SmtpClient NewClient()
    {
        var client = new SmtpClient();
        if (server.CaFile is { } file)
        {
            // Authorities of one's own seldom tell where they list what they have revoked.
            client.CheckCertificateRevocation = false;
            client.ServerCertificateValidationCallback = (_, certificate, chain, errors) => errors switch
            {
                SslPolicyErrors.None => true,
                SslPolicyErrors.RemoteCertificateChainErrors => IsSigned(file, certificate, chain),
                _ => false,
            };
        }

        return client;
    }

    /// <summary>Whether one of the file's authorities has signed it, by way of what the server has sent along.</summary>
    private static bool IsSigned(string file, X509Certificate? certificate, X509Chain? sent)
    {
        using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } };
        chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(file);
        if (sent is not null)
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainElements.Select(element => element.Certificate).ToArray());
        return certificate is X509Certificate2 leaf && chain.Build(leaf);
    }

    private async Task<bool> IsAliveAsync(Connection idle, CancellationToken cancellationToken)
    {
        var silent = time.GetElapsedTime(idle.Since);
        if (!idle.Client.IsConnected || silent >= _longestIdle)
            return false;
        if (silent < server.TrustIdleFor)
            return true;
        using var patience = new CancellationTokenSource(_answersNoOpWithin, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            await idle.Client.NoOpAsync(either.Token);
            return true;
        }
        catch (Exception)
        {
            // Whatever is wrong with it, a new connection tells more.
            return false;
        }
    }

    private SecureSocketOptions Security()
    {
        if (server.Port == TlsPort)
            return SecureSocketOptions.SslOnConnect;
        return server.StartTls ?? server.User is not null ? SecureSocketOptions.StartTls : SecureSocketOptions.None;
    }

    private async Task<string> ReadPasswordAsync(CancellationToken cancellationToken) =>
        server.PasswordFile is { } file ? (await File.ReadAllTextAsync(file, cancellationToken)).TrimEnd('\r', '\n') : "";

    private sealed record Connection(SmtpClient Client, long Since);
}
