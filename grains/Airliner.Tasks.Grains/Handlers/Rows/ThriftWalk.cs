namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>
/// Walks through a struct in Thrift's compact protocol (thrift-compact-protocol.md) and makes nothing of it: what is missing, what claims to be more than there are bytes
/// for, and what is not of the type that a reader takes it for, shows before one reserves memory on its word.
/// </summary>
/// <param name="bytes">The struct, and what may come after it.</param>
/// <param name="mostStructs">The most structs within it.</param>
internal ref struct ThriftWalk(ReadOnlySpan<byte> bytes, int mostStructs)
{
    private const int MaxDepth = 32;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _structsLeft = mostStructs;

    /// <summary>How many bytes were walked through.</summary>
    public int Length { get; private set; }

    /// <summary>Goes on to the next field of a struct; false at its end.</summary>
    /// <param name="id">The field's id; that of the field before, 0 at first.</param>
    /// <exception cref="EndOfStreamException">There is none, nor an end.</exception>
    /// <exception cref="InvalidDataException">Readers would differ on what there is.</exception>
    public bool Next(ref long id, out ThriftType type)
    {
        var head = Take(1)[0];
        type = (ThriftType)(head & 0xF);
        if (head == 0)
            return false;
        id = head >> 4 is > 0 and var step ? id + step : Number();
        return type != 0 && id is > 0 and <= short.MaxValue ? true : throw new InvalidDataException("a description has a field without a type or a number");
    }

    /// <summary>A whole number of 16 to 64 bits.</summary>
    public long Number()
    {
        var zigzag = Unsigned();
        return (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
    }

    /// <summary>Passes over a value.</summary>
    /// <param name="shape">What a struct, or each in a list, is like; null where nobody reads it.</param>
    /// <exception cref="EndOfStreamException">It is not whole.</exception>
    /// <exception cref="InvalidDataException">It is none, has too much in it, or a field is not of its type.</exception>
    public void Skip(ThriftType type, ThriftShape? shape, int depth = 0)
    {
        if (depth > MaxDepth)
            throw new InvalidDataException("a description is nested too deeply");
        switch (type)
        {
            case ThriftType.True or ThriftType.False:
                break;
            case ThriftType.Byte:
                Take(1);
                break;
            case ThriftType.Int16 or ThriftType.Int32 or ThriftType.Int64:
                Unsigned();
                break;
            case ThriftType.Double:
                Take(sizeof(double));
                break;
            case ThriftType.Binary:
                Take(Unsigned());
                break;
            case ThriftType.List or ThriftType.Set:
                SkipList(null, shape, depth);
                break;
            case ThriftType.Struct:
                if (--_structsLeft < 0)
                    throw new InvalidDataException("a description has too many parts; write the file with fewer row groups");
                for (long id = 0; Next(ref id, out var field);)
                    SkipField(field, shape?.Of(id), depth + 1);
                break;
            default:
                throw new InvalidDataException($"a description has a value of type {(int)type}, which there is not in such a file");
        }
    }

    private void SkipField(ThriftType type, ThriftField? known, int depth)
    {
        if (known is not null && type != known.Type && !(type == ThriftType.False && known.Type == ThriftType.True))
            throw new InvalidDataException($"a description has a field of type {type} in place of {known.Type}");
        if (known?.Element is { } element)
            SkipList(element, known.Shape, depth);
        else
            Skip(type, known?.Shape, depth);
    }

    private void SkipList(ThriftType? element, ThriftShape? shape, int depth)
    {
        var head = Take(1)[0];
        var type = (ThriftType)(head & 0xF);
        var left = head >> 4 is < 0xF and var few ? (ulong)few : Unsigned();
        // An empty list is of any type, or of none: writers differ.
        if (left > 0 && element is not null && type != element)
            throw new InvalidDataException($"a description has a list of type {type} in place of {element}");
        // Truth values are in their field's type, and in a list they are bytes.
        type = type is ThriftType.True or ThriftType.False ? ThriftType.Byte : type;
        for (; left > 0; left--)
            Skip(type, shape, depth + 1);
    }

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
