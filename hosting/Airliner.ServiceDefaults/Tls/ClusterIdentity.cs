using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;
using Orleans.Connections.Security;

namespace Airliner.ServiceDefaults.Tls;

/// <summary>By what a process proves to the others that it is of the cluster, and by what it knows them.</summary>
internal sealed class ClusterIdentity
{
    private const string ServerUsage = "1.3.6.1.5.5.7.3.1";
    private const string ClientUsage = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2 _certificate;
    private readonly X509Certificate2Collection _authorities;

    private ClusterIdentity(X509Certificate2 certificate, X509Certificate2Collection authorities) => (_certificate, _authorities) = (certificate, authorities);

    /// <summary>
    /// Reads the files that <c>CertificateFile</c>, <c>KeyFile</c> and <c>CaFile</c> of the section name; null where none is set. What the others would refuse is
    /// refused here.
    /// </summary>
    /// <param name="name">The DNS name that the certificate must have.</param>
    /// <param name="isServer">Whether others connect to it, too.</param>
    /// <exception cref="InvalidOperationException">A setting or a file is missing or cannot be used; the message names it and says what would be right.</exception>
    public static ClusterIdentity? Load(IConfigurationSection section, string name, bool isServer, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(section);
        if (PemCertificate.Load(section, time) is not { Certificate: var certificate })
        {
            return section["CaFile"] is not { Length: > 0 } ? null : throw new InvalidOperationException(
                $"{section.Path}:CaFile is set without {section.Path}:CertificateFile and {section.Path}:KeyFile: set all three, or none.");
        }

        var caFile = PemFile.Required(section, "CaFile", "the certificates of the authorities that sign those of the cluster");
        var identity = new ClusterIdentity(certificate, PemFile.Certificates($"{section.Path}:CaFile", caFile));
        var file = $"{section.Path}:CertificateFile: the certificate in {section["CertificateFile"]}";
        if (!certificate.MatchesHostname(name, allowWildcards: false, allowCommonName: false))
            throw new InvalidOperationException($"{file} is not for '{name}', which must be a DNS name among its subject alternative names.");

        using var chain = new X509Chain { ChainPolicy = identity.Policy() };
        chain.ChainPolicy.VerificationTime = time.GetUtcNow().UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientUsage));
        if (isServer)
            chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerUsage));
        if (!chain.Build(certificate))
        {
            var reason = string.Join(", ", chain.ChainStatus.Select(status => $"{status.Status}: {status.StatusInformation.Trim()}"));
            throw new InvalidOperationException(
                $"{file} is not one that the authorities in {caFile} vouch for ({reason}); "
                + $"they must have signed it, for {(isServer ? "server and client" : "client")} authentication.");
        }

        return identity;
    }

    /// <summary>How to take connections of processes that have a name.</summary>
    public TlsOptions From(string peer)
    {
        var options = Options();
        options.RemoteCertificateValidation = (certificate, _, errors) =>
            errors == SslPolicyErrors.None && certificate.MatchesHostname(peer, allowWildcards: false, allowCommonName: false);
        options.OnAuthenticateAsServer = (_, tls) => ((SslServerAuthenticationOptions)tls.SslServerAuthenticationOptions).CertificateChainPolicy = Policy();
        return options;
    }

    /// <summary>How to connect to processes that have a name.</summary>
    public TlsOptions To(string peer)
    {
        var options = Options();
        options.OnAuthenticateAsClient = (_, tls) =>
        {
            // The address says nothing, since it is a container's of the moment: the name is the role's.
            tls.TargetHost = peer;
            ((SslClientAuthenticationOptions)tls.SslClientAuthenticationOptions).CertificateChainPolicy = Policy();
        };
        return options;
    }

    private TlsOptions Options() => new()
    {
        LocalCertificate = _certificate,
        RemoteCertificateMode = RemoteCertificateMode.RequireCertificate,
        ClientCertificateMode = RemoteCertificateMode.RequireCertificate,
    };

    /// <summary>The cluster's own authorities, and none of the system's. An authority of one cluster publishes no list of what it revoked: it is replaced.</summary>
    private X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(_authorities);
        return policy;
    }
}
