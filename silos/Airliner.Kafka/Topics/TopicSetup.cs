using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Airliner.Kafka.Topics;

/// <summary>
/// Creates the topics that are missing, in the background and for as long as it takes: a broker that is away delays events, not the start. Relays and
/// consumers wait for it, or a broker that creates topics by itself would give them partitions of its own choosing.
/// </summary>
internal sealed partial class TopicSetup(IOptions<KafkaOptions> options, TimeProvider time, ILogger<TopicSetup> logger) : BackgroundService
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(10);
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the broker lists every topic.</summary>
    public Task Ready => _ready.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The embedded broker does not serve CreateTopics; whoever starts it gives it the topics.
        for (var tries = 0; !options.Value.BrokerForgets && !await AreThereAsync(stoppingToken); tries++)
            await Task.Delay(Backoff.After(tries), time, stoppingToken);
        _ready.TrySetResult();
    }

    /// <summary>Creates what is missing; true where nothing was. What was just created counts once it is listed, which on a busy broker takes a while.</summary>
    private async Task<bool> AreThereAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var admin = new AdminClientBuilder(options.Value.Admin()).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
            var wanted = Contracts.Events.Topics.AllWithDeadLetters;

            // Looked at first: who may not create topics can still use those that are there.
            var metadata = await Task.Run(() => admin.GetMetadata(_timeout), cancellationToken);
            var missing = wanted.Except(metadata.Topics.Where(topic => !topic.Error.IsError).Select(topic => topic.Topic)).ToArray();
            if (missing.Length > 0)
                await CreateAsync(admin, missing);
            return missing.Length == 0;
        }
        catch (KafkaException error)
        {
            LogTrouble(error.Message);
            return false;
        }
    }

    private async Task CreateAsync(IAdminClient admin, string[] topics)
    {
        try
        {
            await admin.CreateTopicsAsync(topics.Select(Specification), new CreateTopicsOptions { RequestTimeout = _timeout });
            LogCreated(topics);
        }
        catch (CreateTopicsException error) when (error.Results.All(result => result.Error.Code is ErrorCode.NoError or ErrorCode.TopicAlreadyExists))
        {
            // Another silo was as quick.
        }
    }

    private TopicSpecification Specification(string topic) => new()
    {
        Name = topic,
        NumPartitions = options.Value.Partitions,
        ReplicationFactor = options.Value.ReplicationFactor,
        Configs = new() { ["retention.ms"] = $"{options.Value.RetentionMs}", ["cleanup.policy"] = "delete" },
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "Created the topics {Topics}")]
    private partial void LogCreated(string[] topics);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The topics are not there yet: {Reason}")]
    private partial void LogTrouble(string reason);
}
