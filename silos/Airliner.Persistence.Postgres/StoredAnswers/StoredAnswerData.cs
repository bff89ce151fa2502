using Airliner.Contracts.PersonalData;
using Airliner.Persistence.Postgres.Records;
using Npgsql;

namespace Airliner.Persistence.Postgres.StoredAnswers;

/// <summary>The stored answers that hold a user's data: copies of what the service shows, so an export has none of them.</summary>
internal sealed class StoredAnswerData(NpgsqlDataSource database) : IPersonalDataSource
{
    public string Name => "storedAnswers";

    public Task<PersonalDataPart> ExportAsync(long userId, string? after, CancellationToken cancellationToken) => Task.FromResult(new PersonalDataPart(null));

    public Task EraseAsync(long userId, CancellationToken cancellationToken) => DatabaseQuestions.AskAsync("stored_answers", async () =>
    {
        await using var command = database.CreateCommand("delete from stored_answers where user_id = $1");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = userId });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    });
}
