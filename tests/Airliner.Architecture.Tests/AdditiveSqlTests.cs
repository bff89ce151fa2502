using Airliner.Testing;
using Xunit;

namespace Airliner.Architecture.Tests;

/// <summary>Two versions run side by side while one is replaced by the other, on the schema of the newer one.</summary>
public sealed class AdditiveSqlTests
{
    /// <summary>Steps with statements that the rule does not know to be harmless, and why they are.</summary>
    private static readonly Dictionary<string, string> _harmless = new()
    {
        ["Airliner.Persistence.Postgres/Sql/outbox/002_owners.sql"] = "an index that made queries quick or slow, and another in its place",
        ["Airliner.Persistence.Postgres/Sql/outbox/003_subjects_of_an_owner.sql"] = "an index, and another in its place that begins with its column",
        ["Airliner.Notifications.Silo/Storage/010_retention_by_time.sql"] = "an index that makes a sweep quick, and another in its place",
        ["Airliner.Tasks.Silo/Storage/003_commands_with_keys.sql"] = "the version before makes no command whose id starts with key-",
        ["Airliner.Tasks.Silo/Storage/004_queue_turns.sql"] = "an index that makes queries quick, and others in its place",
        ["Airliner.Tasks.Silo/Storage/008_lists.sql"] = "an index that makes queries quick, and another of its name in its place",
        ["Airliner.Tasks.Silo/Storage/013_new_tasks_at_once.sql"] = "what looked at each new task, and what looks at all of a statement in its place",
        ["Airliner.Users.Silo/Storage/004_deleted_users.sql"] = "the unique indexes hold for fewer rows than those that they take the names of",
    };

    public static TheoryData<string> Scripts => [.. Repository.Files("silos", ".sql").Select(script => script["silos/".Length..])];

    [Theory]
    [MemberData(nameof(Scripts))]
    public void A_step_takes_nothing_away_from_the_version_before(string script)
    {
        // The first step of a folder has no version before.
        if (Path.GetFileName(script).StartsWith("001_", StringComparison.Ordinal))
            return;
        var breaches = AdditiveSql.Breaches(Repository.Read($"silos/{script}"));
        if (_harmless.ContainsKey(script))
            Assert.NotEmpty(breaches);
        else
        {
            Assert.True(
                breaches.Count == 0,
                $"{script} is not additive: {string.Join("; ", breaches)}. Silos of the version before run on it: add now, and take away one version later.");
        }
    }

    [Theory]
    [InlineData("drop table tasks")]
    [InlineData("alter table tasks drop column parameters")]
    [InlineData("ALTER TABLE tasks RENAME COLUMN parameters TO arguments")]
    [InlineData("alter table tasks rename to jobs")]
    [InlineData("alter table tasks alter column attempts type bigint")]
    [InlineData("alter table tasks alter attempts set not null")]
    [InlineData("alter table tasks alter column attempts drop default")]
    [InlineData("alter table tasks add column note text, add column owner text not null")]
    [InlineData("alter table tasks add owner text not null")]
    [InlineData("alter table tasks add column owner bigint references users")]
    [InlineData("alter table tasks add constraint tasks_attempts check (attempts < 10)")]
    [InlineData("create unique index tasks_name_key on tasks (name)")]
    [InlineData("alter sequence tasks_ids increment by 1")]
    [InlineData("drop trigger tasks_stamp on tasks")]
    [InlineData("truncate tasks")]
    [InlineData("delete from tasks where status = 'failed'")]
    [InlineData("-- harmless\ncreate table jobs (id bigint); /* */ drop function stamp")]
    public void What_takes_away_renames_or_demands_is_found(string sql) => Assert.Single(AdditiveSql.Breaches(sql));

    [Theory]
    [InlineData("create table jobs (id bigint primary key, note text not null)")]
    [InlineData("create table jobs (id bigint); alter table jobs add constraint jobs_id check (id > 0); create unique index jobs_key on jobs (id)")]
    [InlineData("alter table tasks add column note text, add column tries int not null default 0, add column price numeric(10, 2)")]
    [InlineData("alter table tasks add note text, add checked boolean not null default false")]
    [InlineData("alter table tasks alter column note set default 'it is not null'; alter table tasks alter note drop not null")]
    [InlineData("create index tasks_note_idx on tasks (note); insert into notes values ('drop table tasks; delete from notes')")]
    [InlineData("create function f() returns trigger language plpgsql as $$ begin delete from notes; return null; end $$; -- drop table tasks")]
    [InlineData("update tasks set note = ''")]
    public void What_only_adds_is_not(string sql) => Assert.Empty(AdditiveSql.Breaches(sql));
}
