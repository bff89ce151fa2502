using Airliner.Contracts.Events;
using Confluent.Kafka;

namespace Airliner.EndToEnd.Tests.Rebalance;

/// <summary>Records that no consumer can ever handle, each made of a good one, and what the dead letter says of it.</summary>
internal static class PoisonRecords
{
    private static readonly (string Reason, Func<string, string, string> Value)[] _values =
    [
        ("the value is not JSON", (_, good) => good[..^1]),
        ("the value is a JSON Array", (_, good) => $"[{good}]"),
        ("surrogate", (_, good) => good.Replace("\"data_processing\"", "\"\\ud800\"", StringComparison.Ordinal)),
        ("'userId' is not a positive integer.", (user, good) => good.Replace($"\"userId\":{user}", $"\"userId\":\"{user}\"", StringComparison.Ordinal)),
        ("'userId' is not a positive integer.", (user, good) => good.Replace($"\"userId\":{user}", "\"userId\":-1", StringComparison.Ordinal)),
        ("'taskId' is not a positive integer.", (_, good) => good.Replace("\"taskId\":", "\"taskNumber\":", StringComparison.Ordinal)),
    ];

    private static readonly (string Reason, string Header, string? Value)[] _headers =
    [
        ("the header ce_id is missing", "ce_id", null),
        ("ce_specversion is 0.3, not 1.0", "ce_specversion", "0.3"),
        ("'many'", "ce_sequence", "many"),
        ("'yesterday'", "ce_time", "yesterday"),
    ];

    /// <summary>One of each kind in turn.</summary>
    /// <param name="made">How many were made before.</param>
    /// <param name="good">A new <c>task_created</c>, which becomes one.</param>
    /// <param name="userId">Whom it tells of.</param>
    public static (string Topic, string Reason) Spoil(int made, Message<string, string> good, long userId)
    {
        var kind = made % (_values.Length + _headers.Length + 2);
        if (kind < _values.Length)
        {
            good.Value = _values[kind].Value($"{userId}", good.Value);
            return (Topics.Tasks, _values[kind].Reason);
        }

        if (kind - _values.Length < _headers.Length)
        {
            var (reason, header, value) = _headers[kind - _values.Length];
            Set(good, header, value);
            return (Topics.Tasks, reason);
        }

        if (kind == _values.Length + _headers.Length)
        {
            good.Value = null!;
            return (Topics.Tasks, "the record has no value");
        }

        // Anybody may write that somebody was deleted: who lives is asked for.
        Set(good, "ce_type", "user_deleted");
        return (Topics.UserRegistration, $"User {userId} is not deleted.");
    }

    private static void Set(Message<string, string> message, string header, string? value)
    {
        message.Headers.Remove(header);
        if (value is not null)
            message.Headers.Add(header, System.Text.Encoding.UTF8.GetBytes(value));
    }
}
