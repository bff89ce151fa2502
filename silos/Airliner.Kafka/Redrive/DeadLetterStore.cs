using Confluent.Kafka;

namespace Airliner.Kafka.Redrive;

/// <summary>
/// The dead letters that a Kafka keeps. A redrive puts a copy of the record, with the same <c>ce_id</c>, back where it came from; the letter stays
/// until its topic's retention takes it. How far a partition was redriven is a group's committed offset, so that the next time begins there.
/// </summary>
/// <param name="options">Where the broker is. Blocks while it waits for it.</param>
public sealed class DeadLetterStore(KafkaOptions options) : IDisposable
{
    /// <summary>The group whose offsets say how far the letters were redriven.</summary>
    public const string RedriveGroup = "airliner-dlq-redrive";

    /// <summary>Records that are on their way to the broker at once.</summary>
    private const int Chunk = 500;

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(10);

    private readonly LetterReader _reader = new(options, RedriveGroup);

    /// <summary>Every topic of dead letters, by name.</summary>
    /// <exception cref="DeadLetterException">The broker is away.</exception>
    public IReadOnlyList<DeadLetterTopic> List() => Asking(() => Topics().Where(topic => IsOfLetters(topic.Key)).Select(topic =>
    {
        var kept = Kept(topic.Key, topic.Value);
        var lasts = kept.Where(range => range.Count > 0).Select(range => range with { From = range.To - 1 });
        return new DeadLetterTopic(
            topic.Key, kept.Sum(range => range.Count), _reader.Waiting(kept).Sum(range => range.Count), _reader.Read(lasts).MaxBy(letter => letter.Time));
    }).ToArray());

    /// <summary>One letter.</summary>
    /// <param name="topic">The topic of dead letters, or the one that they come from.</param>
    /// <exception cref="DeadLetterException">The broker is away, or there is no such topic, partition or offset.</exception>
    public KeptLetter Read(string topic, int partition, long offset) => Asking(() =>
    {
        var place = PlaceOf(Resolve(topic), partition, offset);
        return _reader.Read([place]).FirstOrDefault() ?? throw new DeadLetterException($"{place.Partition.Topic} has no record at {partition}:{offset}.");
    });

    /// <summary>Puts one letter's record back where it came from.</summary>
    /// <inheritdoc cref="Read" path="/param|/exception"/>
    public RedriveResult Redrive(string topic, int partition, long offset) => Asking(() =>
    {
        var place = PlaceOf(Resolve(topic), partition, offset);
        // Noted where it is the next in turn: a note has no gaps.
        return Redrive([place], isNoted: _reader.Waiting([place with { From = 0 }])[0].From == offset);
    });

    /// <summary>Puts the records of a topic's letters back where they came from: of those that were not redriven yet, or of all.</summary>
    /// <param name="topic">The topic of dead letters, or the one that they come from.</param>
    /// <exception cref="DeadLetterException">The broker is away, or there is no such topic.</exception>
    public RedriveResult Redrive(string topic, bool all) => Asking(() =>
    {
        var name = Resolve(topic);
        var kept = Kept(name, Topics()[name]);
        return Redrive(all ? kept : _reader.Waiting(kept), isNoted: true);
    });

    public void Dispose() => _reader.Dispose();

    private RedriveResult Redrive(IReadOnlyList<LetterRange> ranges, bool isNoted)
    {
        // Gives up in time: somebody waits for it.
        var config = options.Producer();
        config.MessageTimeoutMs = (int)_timeout.TotalMilliseconds;
        using var producer = new ProducerBuilder<byte[], byte[]>(config).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        var redriven = 0;
        var omitted = new List<KeptLetter>();
        // Each group that gave a record up has made a letter of it. One copy is for all of them.
        var put = new HashSet<(string Origin, string? EventId)>();
        foreach (var letters in _reader.Read(ranges).Chunk(Chunk))
        {
            omitted.AddRange(letters.Where(letter => letter.IsOmitted));
            var originals = letters.Where(letter => !letter.IsOmitted && (letter.Origin is not { } origin || put.Add((origin, letter.EventId)))).Select(letter => producer.ProduceAsync(OriginOf(letter.Topic), letter.Original())).ToArray();
            Task.WhenAll(originals).GetAwaiter().GetResult();
            redriven += originals.Length;
            if (isNoted)
            {
                _reader.Mark(letters.GroupBy(letter => letter.Partition)
                    .Select(partition => new TopicPartitionOffset(partition.First().Topic, partition.Key, partition.Max(letter => letter.Offset) + 1)));
            }
        }

        return new(redriven, omitted);
    }

    private LetterRange PlaceOf(string topic, int partition, long offset)
    {
        var partitions = Topics()[topic];
        if (partition < 0 || partition >= partitions)
            throw new DeadLetterException($"{topic} has no partition {partition}: it has {partitions}, from 0 on.");
        var kept = _reader.Kept(new(topic, partition));
        if (offset >= kept.From && offset < kept.To)
            return kept with { From = offset, To = offset + 1 };
        throw new DeadLetterException(kept.Count == 0
            ? $"{topic} has no letters in partition {partition}."
            : $"{topic} has no letter at {partition}:{offset}: partition {partition} has those from {kept.From} to {kept.To - 1}.");
    }

    private LetterRange[] Kept(string topic, int partitions) =>
        [.. Enumerable.Range(0, partitions).Select(partition => _reader.Kept(new TopicPartition(topic, partition)))];

    private string Resolve(string topic)
    {
        var name = IsOfLetters(topic) ? topic : Contracts.Events.Topics.DeadLettersOf(topic);
        var topics = Topics();
        // Putting a record into a topic that is missing would bring it into being.
        if (topics.ContainsKey(name) && topics.ContainsKey(OriginOf(name)))
            return name;
        var there = string.Join(", ", topics.Keys.Where(IsOfLetters));
        throw new DeadLetterException($"There is no topic {name} beside one {OriginOf(name)}. There are {there}.");
    }

    /// <summary>All topics with the number of their partitions, by name. Asked for without a name: some brokers make a topic that is asked for.</summary>
    private SortedDictionary<string, int> Topics()
    {
        using var admin = new AdminClientBuilder(options.Admin()).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        return new(admin.GetMetadata(_timeout).Topics.ToDictionary(topic => topic.Topic, topic => topic.Partitions.Count), StringComparer.Ordinal);
    }

    private static bool IsOfLetters(string topic) => topic.EndsWith(Contracts.Events.Topics.DeadLettersOf(""), StringComparison.Ordinal);

    private static string OriginOf(string deadLetters) => deadLetters[..^Contracts.Events.Topics.DeadLettersOf("").Length];

    private T Asking<T>(Func<T> ask)
    {
        try
        {
            return ask();
        }
        catch (KafkaException error)
        {
            throw new DeadLetterException($"Kafka at {options.BootstrapServers} does not answer as it should: {error.Error.Reason}", error);
        }
    }
}
