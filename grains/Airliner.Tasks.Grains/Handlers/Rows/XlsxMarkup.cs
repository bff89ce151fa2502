using System.Text;

namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>
/// The text of a part's XML (UTF-8 or UTF-16: ISO/IEC 29500-2 §8.2.5), refused where it goes on for too long without a <c>&lt;</c>. .NET's reader holds a tag with its
/// attributes as a whole, and few bytes may unpack to one of a gigabyte. Each tag begins with that letter, and no attribute may have it.
/// </summary>
internal sealed class XlsxMarkup(Stream part, int most) : TextReader
{
    private readonly StreamReader _text = new(part, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
    private int _sinceTag;

    /// <exception cref="InvalidDataException">There was no tag for too long, or the bytes are of no text.</exception>
    public override int Read(char[] buffer, int index, int count)
    {
        int read;
        try
        {
            read = _text.Read(buffer, index, count);
        }
        catch (DecoderFallbackException error)
        {
            throw new InvalidDataException("its XML is neither UTF-8 nor UTF-16 with a byte order mark.", error);
        }

        var chunk = buffer.AsSpan(index, read);
        _sinceTag = chunk.LastIndexOf('<') is >= 0 and var tag ? read - tag : _sinceTag + read;
        return _sinceTag <= most ? read : throw new InvalidDataException($"its XML has more than {most} characters without a tag.");
    }

    public override int Peek() => _text.Peek();

    public override int Read() => _text.Read();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _text.Dispose();
        base.Dispose(disposing);
    }
}
