namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>The types of the compact protocol. A truth value has the type that it is.</summary>
internal enum ThriftType
{
    True = 1,
    False = 2,
    Byte = 3,
    Int16 = 4,
    Int32 = 5,
    Int64 = 6,
    Double = 7,
    Binary = 8,
    List = 9,
    Set = 10,
    Struct = 12,
}

/// <summary>A field as its definition has it.</summary>
/// <param name="Type">Its type; of a truth value <see cref="ThriftType.True"/>.</param>
/// <param name="Shape">What the struct, or each struct of the list, is like; null for one that nobody reads.</param>
/// <param name="Element">The type of a list's elements.</param>
internal sealed record ThriftField(ThriftType Type, ThriftShape? Shape = null, ThriftType? Element = null)
{
    public static ThriftField I32 { get; } = new(ThriftType.Int32);

    public static ThriftField I64 { get; } = new(ThriftType.Int64);

    public static ThriftField Truth { get; } = new(ThriftType.True);

    public static ThriftField Binary { get; } = new(ThriftType.Binary);

    public static ThriftField Struct(ThriftShape? shape = null) => new(ThriftType.Struct, shape);

    public static ThriftField List(ThriftType element, ThriftShape? shape = null) => new(ThriftType.List, shape, element);
}

/// <summary>The fields of a struct by their ids, from 1 on.</summary>
internal sealed class ThriftShape(params ThriftField[] fields)
{
    /// <summary>The field, null where the definition has none, so that readers pass over it.</summary>
    public ThriftField? Of(long id) => id <= fields.Length ? fields[id - 1] : null;
}
