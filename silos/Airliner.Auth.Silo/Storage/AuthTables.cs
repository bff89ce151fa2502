using System.Collections.Immutable;
using System.Text.Json;
using Airliner.Auth.Grains;
using Airliner.Contracts;
using Airliner.Persistence.Postgres.Records;

namespace Airliner.Auth.Silo.Storage;

/// <summary>How sessions, machine clients and login guards are kept as rows.</summary>
internal static class AuthTables
{
    public static RecordTable<long, UserSessionsState> Sessions { get; } = new(
        AuthStorage.Sessions,
        [
            Column.Json<UserSessionsState>("sessions", state => JsonSerializer.Serialize(state.Sessions, AirlinerJson.Options)),
            Column.Json<UserSessionsState>("commands", state => JsonSerializer.Serialize(state.Commands, AirlinerJson.Options)),
            Column.Of<UserSessionsState, DateTimeOffset>("updated_at", state => state.UpdatedAt),
            Column.Of<UserSessionsState, DateTimeOffset?>("epoch", state => state.Epoch),
            // For the sweep alone; it follows from the sessions.
            Column.Of<UserSessionsState, DateTimeOffset?>("expires_at", state => state.ExpiresAt),
        ],
        row => new UserSessionsState
        {
            Sessions = JsonSerializer.Deserialize<ImmutableList<Session>>(row.Next<string>(), AirlinerJson.Options)!,
            Commands = JsonSerializer.Deserialize<ImmutableList<CommittedCommand>>(row.Next<string>(), AirlinerJson.Options)!,
            UpdatedAt = row.Next<DateTimeOffset>(),
            Epoch = row.Next<DateTimeOffset?>(),
        });

    public static RecordTable<string, ClientState> Clients { get; } = new(
        AuthStorage.Clients,
        [
            Column.Of<ClientState, string>("command_id", client => client.CommandId),
            Column.Of<ClientState, string>("name", client => client.Name),
            Column.Of<ClientState, byte[]>("secret_salt", client => client.SecretSalt),
            Column.Of<ClientState, byte[]>("secret_hash", client => client.SecretHash),
            Column.Json<ClientState>("scopes", client => JsonSerializer.Serialize(client.Scopes)),
            Column.Of<ClientState, DateTimeOffset>("created_at", client => client.CreatedAt),
            Column.Of<ClientState, DateTimeOffset>("updated_at", client => client.UpdatedAt),
        ],
        row => new ClientState
        {
            CommandId = row.Next<string>(),
            Name = row.Next<string>(),
            SecretSalt = row.Next<byte[]>(),
            SecretHash = row.Next<byte[]>(),
            Scopes = JsonSerializer.Deserialize<ImmutableArray<string>>(row.Next<string>()),
            CreatedAt = row.Next<DateTimeOffset>(),
            UpdatedAt = row.Next<DateTimeOffset>(),
        });

    public static RecordTable<string, LoginGuardState> LoginGuards { get; } = new(
        AuthStorage.LoginGuards,
        [
            Column.Json<LoginGuardState>("sources", guard => JsonSerializer.Serialize(guard.Sources, AirlinerJson.Options)),
            Column.Json<LoginGuardState>("strangers", guard => JsonSerializer.Serialize(guard.Strangers, AirlinerJson.Options)),
            Column.Of<LoginGuardState, DateTimeOffset>("expires_at", guard => guard.ExpiresAt),
        ],
        row => new LoginGuardState
        {
            Sources = JsonSerializer.Deserialize<ImmutableList<GuardedSource>>(row.Next<string>(), AirlinerJson.Options)!,
            Strangers = JsonSerializer.Deserialize<FailureCount>(row.Next<string>(), AirlinerJson.Options)!,
            ExpiresAt = row.Next<DateTimeOffset>(),
        });
}
