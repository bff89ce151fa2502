namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>
/// Walks through a struct in Thrift's compact protocol (thrift-compact-protocol.md) and makes nothing of it: what is missing, and what claims to be more than there are bytes
/// for, shows before a reader reserves memory on its word.
/// </summary>
/// <param name="bytes">The struct, and what may come after it.</param>
/// <param name="mostStructs">The most structs within it.</param>
internal ref struct ThriftWalk(ReadOnlySpan<byte> bytes, int mostStructs)
{
    /// <summary>The types of values that are told apart here.</summary>
    public const int Int32 = 5, Struct = 12;

    private const int True = 1, False = 2, Byte = 3, Int16 = 4, Int64 = 6, Double = 7, Binary = 8, List = 9, Set = 10, Map = 11;
    private const int MaxDepth = 32;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _structsLeft = mostStructs;

    /// <summary>How many bytes were walked through.</summary>
    public int Length { get; private set; }

    /// <summary>Goes on to the next field of a struct; false at its end.</summary>
    /// <param name="id">The field's id; that of the field before, 0 at first.</param>
    /// <exception cref="EndOfStreamException">There is none, nor an end.</exception>
    public bool Next(ref long id, out int type)
    {
        var head = Take(1)[0];
        type = head & 0xF;
        if (type == 0)
            return false;
        id = head >> 4 is > 0 and var step ? id + step : Number();
        return true;
    }

    /// <summary>A whole number of 16 to 64 bits.</summary>
    public long Number()
    {
        var zigzag = Unsigned();
        return (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
    }

    /// <summary>Passes over a field's value.</summary>
    /// <exception cref="EndOfStreamException">It is not whole.</exception>
    /// <exception cref="InvalidDataException">It is none, or has too much in it.</exception>
    public void Skip(int type, int depth = 0)
    {
        switch (type)
        {
            case True or False:
                break;
            case Byte:
                Take(1);
                break;
            case Int16 or Int32 or Int64:
                Unsigned();
                break;
            case Double:
                Take(sizeof(double));
                break;
            case Binary:
                Take(Unsigned());
                break;
            case List or Set:
                var head = Take(1)[0];
                for (var left = head >> 4 is < 0xF and var few ? (ulong)few : Unsigned(); left > 0; left--)
                    SkipElement(head & 0xF, depth);
                break;
            case Map:
                var pairs = Unsigned();
                for (var types = pairs > 0 ? Take(1)[0] : 0; pairs > 0; pairs--)
                {
                    SkipElement(types >> 4, depth);
                    SkipElement(types & 0xF, depth);
                }

                break;
            case Struct:
                if (--_structsLeft < 0 || depth > MaxDepth)
                    throw new InvalidDataException("a description has too many parts");
                for (long id = 0; Next(ref id, out var field);)
                    Skip(field, depth + 1);
                break;
            default:
                throw new InvalidDataException($"a description has a value of type {type}, which there is not");
        }
    }

    /// <summary>As a field's, but for a truth value, which is in its field's type there.</summary>
    private void SkipElement(int type, int depth) => Skip(type is True or False ? Byte : type, depth + 1);

    private ulong Unsigned()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Take(1)[0];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }

        throw new InvalidDataException("a description has a number of more than 64 bits");
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)(_bytes.Length - Length))
            throw new EndOfStreamException("a description ends too early, or is too long");
        var taken = _bytes.Slice(Length, (int)count);
        Length += (int)count;
        return taken;
    }
}
