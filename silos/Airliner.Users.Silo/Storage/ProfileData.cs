using System.Text.Json;
using System.Text.Json.Nodes;
using Airliner.Contracts;
using Airliner.Contracts.PersonalData;
using Airliner.Persistence.Postgres.Records;
using Airliner.Users.Grains;
using Npgsql;

namespace Airliner.Users.Silo.Storage;

/// <summary>The profile, with the addresses that it had and is to have. Its erasure is the deletion itself, in one commit with the event that has the rest erased.</summary>
internal sealed class ProfileData([FromKeyedServices(UsersStorage.Service)] NpgsqlDataSource database) : IPersonalDataSource
{
    public string Name => "profile";

    public async Task<PersonalDataPart> ExportAsync(long userId, string? after, CancellationToken cancellationToken)
    {
        JsonObject? profile = null;
        await foreach (var user in new RecordList().Where("id = @", (long?)userId).ReadAllAsync(database, UserTable.Map, cancellationToken))
        {
            profile = JsonSerializer.SerializeToNode(user.Record.View(userId), AirlinerJson.Options)!.AsObject();
            profile["pendingEmail"] = user.Record.PendingEmail;
            profile["formerEmails"] = new JsonArray([.. user.Record.FormerEmails.Select(former => (JsonNode)former.Address)]);
        }

        return new(profile);
    }

    public Task EraseAsync(long userId, CancellationToken cancellationToken) => Task.CompletedTask;
}
