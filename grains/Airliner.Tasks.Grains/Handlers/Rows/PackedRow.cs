using System.Runtime.InteropServices;

namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>Some cells of a row in one block: the end of each cell as a 32-bit number, then the cells. Held rows and group keys are such blocks.</summary>
internal static class PackedRow
{
    /// <summary>Packs cells into a buffer that grows as needed and is used again for the next row.</summary>
    public static ReadOnlySpan<byte> Pack(IRow row, ReadOnlySpan<int> columns, ref byte[] buffer)
    {
        var header = columns.Length * sizeof(int);
        var end = header;
        foreach (var column in columns)
            end += row.Cell(column).Length;
        if (buffer.Length < end)
            buffer = new byte[Math.Max(end, buffer.Length * 2)];

        var block = buffer.AsSpan(0, end);
        end = header;
        for (var index = 0; index < columns.Length; index++)
        {
            var cell = row.Cell(columns[index]);
            cell.CopyTo(block[end..]);
            end += cell.Length;
            MemoryMarshal.Write(block[(index * sizeof(int))..], in end);
        }

        return block;
    }

    public static ReadOnlySpan<byte> Cell(ReadOnlySpan<byte> block, int index, int count)
    {
        var start = index == 0 ? count * sizeof(int) : End(block, index - 1);
        return block[start..End(block, index)];
    }

    private static int End(ReadOnlySpan<byte> block, int index) => MemoryMarshal.Read<int>(block[(index * sizeof(int))..]);
}
