namespace Airliner.Host.Backup;

/// <summary>What a dump cannot know: that its rows are in another server now, and that time has passed.</summary>
internal static class AfterRestore
{
    /// <summary>More than the system gives out of a sequence in a second.</summary>
    private const int IdsInSecond = 100_000;

    /// <summary>Sequences hand out whole blocks; this is a whole number of any.</summary>
    private const int Block = 1024;

    /// <summary>
    /// A row's transaction was one of the old server, and the new one's numbers begin anew: without this an inbox would show old entries again when those
    /// numbers are reached. No number is what rows have that were there before the column was.
    /// </summary>
    private const string ForgetTransactions = """
        do $$
        declare noted record;
        begin
            for noted in select table_name, column_name from information_schema.columns where table_schema = 'public' and udt_name = 'xid8' loop
                execute format('update %I set %I = null where %I is not null', noted.table_name, noted.column_name, noted.column_name);
            end loop;
        end
        $$
        """;

    /// <summary>
    /// Who refreshed a session after the backup has a token that its family does not know any more. It is refused, and is no sign that somebody has stolen one; until the
    /// family's own token is used.
    /// </summary>
    private const string ExpectUnknownTokens = """
        do $$
        begin
            if to_regclass('public.user_sessions') is not null then
                update user_sessions set sessions = (
                    select jsonb_agg(case when jsonb_typeof(session->'family') = 'object' then jsonb_set(session, '{family,wasRestored}', 'true') else session end order by number)
                    from jsonb_array_elements(sessions) with ordinality as each (session, number))
                where sessions <> '[]';
            end if;
        end
        $$
        """;

    /// <param name="passed">Since the backup was taken.</param>
    public static async Task ApplyAsync(BackupDatabase database, TimeSpan passed, CancellationToken cancellationToken)
    {
        await database.QueryAsync(ForgetTransactions, cancellationToken);
        await database.QueryAsync(ExpectUnknownTokens, cancellationToken);
        await database.QueryAsync(PassOver(IdsGivenOutIn(passed)), cancellationToken);
        // The planner knows nothing of the new tables yet, and the first step left a dead version of each row that it changed.
        await database.QueryAsync("vacuum (analyze)", cancellationToken);
    }

    /// <summary>
    /// Ids that were given out after the backup are known outside, in events, links and caches, although nothing here has them any more. They stay unused.
    /// </summary>
    private static string PassOver(long ids) => $"""
        select count(setval(format('%I.%I', schemaname, sequencename)::regclass, coalesce(last_value, start_value) + {ids}))
        from pg_sequences where schemaname = 'public' and sequencename like '%\_ids'
        """;

    /// <summary>As many ids as may have been given out in that time, in whole blocks. A clock that went back counts as a minute, the least there is.</summary>
    private static long IdsGivenOutIn(TimeSpan passed)
    {
        var seconds = (long)Math.Max(60, Math.Ceiling(passed.TotalSeconds));
        return ((seconds * IdsInSecond / Block) + 1) * Block;
    }
}
