using DbUp;
using DbUp.Engine;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Airliner.Persistence.Postgres.Schema;

/// <summary>
/// Brings a database to the schema that a process needs. Every process does so at its start: one at a time, and each
/// step once, in a transaction of its own.
/// </summary>
public static partial class Migrations
{
    private static readonly TimeSpan _letsOthersThrough = TimeSpan.FromSeconds(1);

    // An index over a large table.
    private static readonly TimeSpan _statementTimeout = TimeSpan.FromMinutes(5);

    /// <summary>The table that a restore makes first and removes last: a database that has it is restored in part, and is not migrated.</summary>
    public const string UnfinishedRestore = "unfinished_restore";

    /// <summary>The steps of a source by their names, with the hashes of their contents as <c>schema_versions</c> has them.</summary>
    /// <exception cref="MigrationException">It has none, or one is misnamed.</exception>
    public static IReadOnlyDictionary<string, string> StepsOf(MigrationSource source) => MigrationScript.ReadAll(source).ToDictionary(step => step.Name, step => step.Hash);

    /// <summary>Applies what is missing of the sources, in their order, with the default <see cref="MigrationOptions"/>.</summary>
    /// <inheritdoc cref="ApplyAsync(string, IReadOnlyList{MigrationSource}, ILogger, MigrationOptions?, CancellationToken)"/>
    public static Task ApplyAsync(string connectionString, params MigrationSource[] sources) =>
        ApplyAsync(connectionString, sources, NullLogger.Instance);

    /// <summary>Applies what is missing of the sources, in their order.</summary>
    /// <exception cref="MigrationException">
    /// The database cannot be reached, another process holds it or a table too long, a step failed, a step that was applied has
    /// changed since, or a restore did not end. Steps before the one that failed stay applied.
    /// </exception>
    public static async Task ApplyAsync(
        string connectionString,
        IReadOnlyList<MigrationSource> sources,
        ILogger logger,
        MigrationOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new MigrationOptions();
        var steps = sources.ToDictionary(source => source, MigrationScript.ReadAll);

        // Not pooled: what is set and locked here ends with the connection. Kept alive, because it idles while steps run.
        connectionString = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, KeepAlive = 30 }.ConnectionString;
        var connection = await DatabaseStart.ConnectAsync(connectionString, options, logger, cancellationToken);
        await using var held = await MigrationLock.TakeAsync(connection, options.LockWait, cancellationToken);

        await using (var isUnfinished = new NpgsqlCommand($"select to_regclass('public.{UnfinishedRestore}') is not null", held.Connection))
        {
            if (await isUnfinished.ExecuteScalarAsync(cancellationToken) is true)
                throw new MigrationException("A restore into this database did not come to its end. Make it empty, and restore again.");
        }

        var ofSteps = new NpgsqlConnectionStringBuilder(connectionString);
        ofSteps.Options = FormattableString.Invariant($"{ofSteps.Options} -c lock_timeout={options.TableWait.TotalMilliseconds:0}").TrimStart();
        var since = TimeProvider.System.GetTimestamp();
        foreach (var source in sources)
        {
            while (!await IsAppliedAsync(source))
            {
                if (TimeProvider.System.GetElapsedTime(since) > options.LockWait)
                    throw new MigrationException($"A table of source '{source.Name}' was in use for more than {options.LockWait}. A backup that runs may be why: try again after it.");
                LogInUse(logger, source.Name);
                await Task.Delay(_letsOthersThrough, cancellationToken);
            }
        }

        async Task<bool> IsAppliedAsync(MigrationSource source)
        {
            var journal = await MigrationJournal.OpenAsync(held.Connection, source, steps[source], cancellationToken);
            var missing = FindMissing(source, steps[source], journal, logger);
            return missing.Count == 0 || await Task.Run(() => Apply(ofSteps.ConnectionString, source, missing, journal, logger, options), cancellationToken);
        }
    }

    private static List<MigrationScript> FindMissing(
        MigrationSource source, IReadOnlyList<MigrationScript> scripts, MigrationJournal journal, ILogger logger)
    {
        var changed = scripts.FirstOrDefault(script => journal.AppliedHashes.TryGetValue(script.Name, out var hash) && hash != script.Hash);
        if (changed is not null)
        {
            throw new MigrationException(
                $"Step '{changed.Name}' of source '{source.Name}' has changed since it was applied. Put it back, and make the change in a new step.");
        }

        // A newer version of this process has been here: steps only add, so the older one goes on.
        foreach (var unknown in journal.AppliedHashes.Keys.Except(scripts.Select(script => script.Name)))
            LogUnknownStep(logger, unknown, source.Name);

        return [.. scripts.Where(script => !journal.AppliedHashes.ContainsKey(script.Name))];
    }

    /// <returns>False where a step has waited long enough for a table that others use.</returns>
    private static bool Apply(
        string connectionString, MigrationSource source, List<MigrationScript> missing, MigrationJournal journal, ILogger logger, MigrationOptions options)
    {
        // Without variables: DbUp would take the $query$ around a text for one.
        var result = DeployChanges.To.PostgresqlDatabase(connectionString)
            .WithScripts(missing.Select(script => new SqlScript(script.Name, script.Contents)))
            .WithScriptNameComparer(StringComparer.Ordinal)
            .JournalTo(journal)
            .WithTransactionPerScript()
            .WithVariablesDisabled()
            .WithExecutionTimeout(_statementTimeout)
            .LogToNowhere() // What was applied is logged below, in one line for each step.
            .Build()
            .PerformUpgrade();

        foreach (var script in result.Scripts)
            LogApplied(logger, script.Name, source.Name);

        if (result.Error is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable })
            return false;
        return result.Successful
            ? true
            : throw new MigrationException($"Step '{result.ErrorScript?.Name}' of source '{source.Name}' failed: {result.Error.Message}", result.Error);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Applied {Script} of {Source}")]
    private static partial void LogApplied(ILogger logger, string script, string source);

    [LoggerMessage(Level = LogLevel.Information, Message = "A table that a step of {Source} changes is in use; it is tried again")]
    private static partial void LogInUse(ILogger logger, string source);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database has {Script} of {Source}, which this version does not know")]
    private static partial void LogUnknownStep(ILogger logger, string script, string source);
}
