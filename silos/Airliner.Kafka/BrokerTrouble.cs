using Confluent.Kafka;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Airliner.Kafka;

/// <summary>
/// Which of a client's complaints are worth a line: the first of a kind, and one a minute while they go on. A client that cannot connect complains with every try.
/// </summary>
internal sealed class BrokerTrouble(TimeProvider time)
{
    private static readonly TimeSpan _silence = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<ErrorCode, long> _told = [];

    public bool IsNews(Error error)
    {
        lock (_gate)
        {
            if (_told.TryGetValue(error.Code, out var last) && time.GetElapsedTime(last) < _silence)
                return false;
            _told[error.Code] = time.GetTimestamp();
            return true;
        }
    }
}
