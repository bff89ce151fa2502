using System.Net;

namespace Airliner.Gateways.Tests.BadInput;

/// <summary>A body that is announced and never sent: whoever refuses it by its length alone does not ask for it.</summary>
internal sealed class UnreadContent : HttpContent
{
    private readonly long _length;

    public UnreadContent(long length)
    {
        _length = length;
        Headers.ContentType = new("application/json");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        throw new InvalidOperationException("The server wants to read the body.");

    protected override bool TryComputeLength(out long length)
    {
        length = _length;
        return true;
    }
}
