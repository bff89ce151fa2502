namespace Airliner.Kafka.Redrive;

/// <summary>The dead letters of one topic.</summary>
/// <param name="Name">The topic of dead letters.</param>
/// <param name="Letters">How many it has.</param>
/// <param name="Waiting">How many of them were not redriven yet.</param>
/// <param name="Newest">The one that was given up last; null where there is none.</param>
public sealed record DeadLetterTopic(string Name, long Letters, long Waiting, KeptLetter? Newest);

/// <summary>What a redrive did.</summary>
/// <param name="Redriven">How many records were put back.</param>
/// <param name="Omitted">Letters whose record is not in them: <see cref="KeptLetter.IsOmitted"/>.</param>
public sealed record RedriveResult(int Redriven, IReadOnlyList<KeptLetter> Omitted);

/// <summary>The dead letters cannot be had as they were asked for; the message says why.</summary>
public sealed class DeadLetterException(string message, Exception? inner = null) : Exception(message, inner);
