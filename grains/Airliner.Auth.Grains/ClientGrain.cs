using System.Security.Cryptography;
using Airliner.Contracts;
using Airliner.Contracts.Auth;
using Airliner.Contracts.Records;
using Orleans.Concurrency;

namespace Airliner.Auth.Grains;

/// <summary>One machine client. Key: client id. Store: table <c>oauth_clients</c>.</summary>
[GrainType("oauth-client")]
internal sealed class ClientGrain(
    [PersistentState("oauth-client", AuthStorage.Clients)] IPersistentState<ClientState> client,
    AccessTokenIssuer issuer,
    TimeProvider time) : Grain, IClientGrain
{
    private string ClientId => this.GetPrimaryKeyString();

    public async Task<ClientView?> Create(CreateClient command)
    {
        if (client.RecordExists)
            return client.State.CommandId == command.CommandId ? client.State.View(ClientId) : null;
        var now = time.Now();
        await client.CommitAsync(new ClientState
        {
            CommandId = command.CommandId,
            Name = command.Name,
            Scopes = [.. command.Scopes],
            CreatedAt = now,
        }.WithSecret(command.Secret, now).Audit(new(ClientAudit.Created, now, ClientId: ClientId)));
        return client.State.View(ClientId);
    }

    public async Task<ClientView?> Rotate(string secret)
    {
        if (!client.RecordExists)
            return null;
        var now = time.Now();
        await client.CommitAsync(client.State.WithSecret(secret, now).Audit(new(ClientAudit.SecretRotated, now, ClientId: ClientId)));
        return client.State.View(ClientId);
    }

    public async Task<bool> Delete()
    {
        // First, so that a delete that ends half way is seen as not done, and done again.
        await GrainFactory.GetGrain<IRevocationsGrain>(0).Revoke([ClientId]);
        if (!client.RecordExists)
            return false;
        await client.ClearAsync(new(ClientAudit.Deleted, time.Now(), ClientId: ClientId));
        return true;
    }

    public Task<bool> Authenticate(string secret) => Task.FromResult(IsSecret(secret));

    public async Task<ClientTokenResult> IssueToken(string secret, string? scope)
    {
        if (!IsSecret(secret))
            return new(ClientTokenOutcome.InvalidClient);

        string[] asked = [.. (scope ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)];
        // RFC 6749 §3.1: what is given without a value is as what is not given.
        if (asked.Length == 0)
            asked = [.. client.State.Scopes];
        if (asked.Except(client.State.Scopes).Any())
            return new(ClientTokenOutcome.InvalidScope);
        var granted = string.Join(' ', asked);
        var token = await issuer.ForClientAsync(GrainFactory, ClientId, granted);
        return new(ClientTokenOutcome.Issued, token, (int)AccessTokens.Lifetime.TotalSeconds, granted);
    }

    private bool IsSecret(string secret)
    {
        // A client id that does not exist costs the same comparison.
        var matches = CryptographicOperations.FixedTimeEquals(ClientState.HashOf(secret, client.State.SecretSalt), client.State.SecretHash);
        // Anyone can make up a client id: what it activated should not stay.
        if (!client.RecordExists)
            DeactivateOnIdle();
        return client.RecordExists && matches;
    }
}

/// <summary>Lists machine clients. Key: any. Store: none.</summary>
[Reentrant]
[StatelessWorker]
[GrainType("oauth-client-queries")]
internal sealed class ClientQueriesGrain(IClientIndex index) : Grain, IClientQueriesGrain
{
    public Task<IReadOnlyList<ClientView>> List() => index.ListAsync();
}
