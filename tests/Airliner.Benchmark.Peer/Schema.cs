using Npgsql;

namespace Airliner.Benchmark.Peer;

/// <summary>The peer's tables: the columns that a task's answer shows, and an outbox that nobody reads.</summary>
internal static class Schema
{
    public static async Task CreateAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand(
            """
            create table if not exists tasks (
                id bigint generated always as identity (start with 1000) primary key,
                reference text not null,
                task_type text not null,
                user_id bigint not null,
                priority text not null,
                status text not null,
                progress int not null,
                parameters jsonb not null,
                result jsonb,
                error_message text,
                attempts int not null,
                run_at timestamptz,
                created_at timestamptz not null,
                started_at timestamptz,
                completed_at timestamptz,
                updated_at timestamptz not null
            );
            create index if not exists tasks_user_idx on tasks (user_id, id desc);
            create table if not exists outbox (
                sequence bigint generated always as identity primary key,
                event_id uuid not null,
                topic text not null,
                key text not null,
                payload jsonb not null
            );
            """);
        await command.ExecuteNonQueryAsync();
    }
}
