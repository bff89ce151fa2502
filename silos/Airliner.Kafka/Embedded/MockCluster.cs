using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;
using Microsoft.Win32.SafeHandles;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Airliner.Kafka.Embedded;

/// <summary>
/// A mock cluster of one broker, with the librdkafka client that it needs for its book-keeping. A handle, so that a call in flight holds
/// it and a broker that nobody disposed is still taken down in the right order.
/// </summary>
internal sealed class MockCluster : SafeHandleZeroOrMinusOneIsInvalid
{
    public const int BrokerId = 1;
    private const int ProducerType = 0;
    private readonly nint _client;

    private MockCluster(nint client, nint cluster)
        : base(ownsHandle: true)
    {
        _client = client;
        SetHandle(cluster);
        EndPoint = IPEndPoint.Parse(Marshal.PtrToStringUTF8(LibrdkafkaMock.Bootstraps(this))!);
    }

    /// <summary>Where the broker really listens: a port of its own choosing, the same for its whole life.</summary>
    public IPEndPoint EndPoint { get; }

    public static MockCluster Start()
    {
        Span<byte> error = stackalloc byte[512];
        var conf = LibrdkafkaMock.ConfNew();

        // A client that only carries a mock cluster has no servers to look for; its notices about that are noise. Errors still show.
        LibrdkafkaMock.ConfSet(conf, "log_level", "3", error, (nuint)error.Length);
        var client = LibrdkafkaMock.ClientNew(ProducerType, conf, error, (nuint)error.Length);
        if (client == 0)
        {
            LibrdkafkaMock.ConfDestroy(conf);
            throw new InvalidOperationException($"librdkafka made no client: {Encoding.UTF8.GetString(error[..error.IndexOf((byte)0)])}");
        }

        var cluster = LibrdkafkaMock.ClusterNew(client, brokers: 1);
        if (cluster == 0)
        {
            LibrdkafkaMock.ClientDestroy(client);
            throw new InvalidOperationException("librdkafka made no mock cluster; it says why on standard error.");
        }

        return new MockCluster(client, cluster);
    }

    /// <exception cref="KafkaException">The mock cluster refused, with <paramref name="error"/>.</exception>
    public static void Check(ErrorCode error, string what)
    {
        if (error != ErrorCode.NoError)
            throw new KafkaException(new Error(error, $"{what}: {error.GetReason()}"));
    }

    protected override bool ReleaseHandle()
    {
        LibrdkafkaMock.ClusterDestroy(handle);
        LibrdkafkaMock.ClientDestroy(_client);
        return true;
    }
}
