using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace Airliner.Tasks.Tests.Handlers;

/// <summary>Workbooks as others write them, and as nobody should.</summary>
public sealed class WorkbookTests
{
    [Fact]
    public async Task Shared_texts_dates_booleans_formulas_and_gaps_are_read()
    {
        const string Rows = """
            <row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="inlineStr"><is><t>when</t></is></c><c r="D2" t="str"><f>1</f><v>sum</v></c><c r="C2" t="inlineStr"><is><r><t>ri</t></r><r><t>ch</t></r><rPh><t>no</t></rPh></is></c></row>
            <row r="3"/><row r="4"><c r="A4"><v>0.10000000000000001</v></c><c r="B4" s="1"><v>45000.5</v></c><c r="D4"><f>SUM(A1)</f><v>1E3</v></c></row>
            <row r="5"><c r="C5" t="b"><v>1</v></c><c r="B5" s="2"><v>60.25</v></c><c r="D5" t="e"><v>#N/A</v></c></row>
            """;
        Assert.Equal("x A\r,when,rich,sum\r\n0.1,2023-03-15T12:00:00,,1000\r\n,1900-02-28T06:00:00,true,#N/A\r\n".Replace("x A\r", "\"x A\r\"", StringComparison.Ordinal),
            await CsvOf(Workbook(Rows)));
    }

    [Fact]
    public async Task A_sheet_is_found_by_its_name()
    {
        Assert.Equal("1\r\n", await CsvOf(Workbook("""<row r="1"><c r="A1"><v>1</v></c></row>"""), "\"sheet\":\"data\""));
        Assert.Equal(
            "source.sheet: there is no sheet 'other'; the sheets are Data",
            await Failure(Workbook(""), "\"sheet\":\"other\""));
    }

    [Theory]
    [InlineData("""<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="B2"><v>1</v></c></row>""", "row 2, column B is not in the header, which has 1 columns")]
    [InlineData("""<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>1</v></c></row>""", "row 1, column B: the header names '1' again, as column A does")]
    [InlineData("""<row r="1"><c r="A1"><v>x</v></c></row>""", "row 1, column A: 'x' is not a number")]
    [InlineData("""<row r="1"><c r="A1" t="s"><v>7</v></c></row>""", "row 1, column A: there is no shared text '7'")]
    [InlineData("""<row r="1"><c r="ZZZ1"><v>7</v></c></row>""", "row 1: it has more than 4096 columns")]
    public async Task A_row_that_cannot_be_read_is_named(string rows, string message) => Assert.Equal(message, await Failure(Workbook(rows)));

    [Theory]
    [InlineData("<row>")]
    [InlineData("<!DOCTYPE x [<!ENTITY a \"b\">]><row/>")]
    public async Task Broken_xml_fails_the_task(string rows) =>
        Assert.StartsWith("source: the workbook (xlsx) is malformed: ", await Failure(Workbook(rows)), StringComparison.Ordinal);

    [Fact]
    public async Task A_tag_that_goes_on_for_longer_than_a_row_may_is_refused() => Assert.Equal(
        "source: the workbook (xlsx) is malformed: its XML has more than 10000 characters without a tag.",
        await Exports.FailureAsync(Workbook($"<row r=\"{new string('1', 50_000)}\"/>"), "csv", "", new() { MaxRowBytes = 10_000 }));

    [Fact]
    public async Task A_part_that_unpacks_to_far_more_than_its_size_is_refused()
    {
        var bomb = Workbook($"<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>{new string(' ', 4_000_000)}</t></is></c></row>");
        Assert.Equal("source: the workbook's part xl/worksheets/sheet1.xml unpacks to more than 100 times its size, as no honest one does", await Failure(bomb));
    }

    [Fact]
    public async Task A_part_gives_no_more_than_it_declares()
    {
        var bomb = Workbook($"<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>{new string(' ', 4_000_000)}</t></is></c></row>");
        // The sizes of the sheet, in its local header and in the directory: made small, as a bomb that lies has them.
        var declared = BitConverter.GetBytes((uint)UnpackedSize(bomb));
        for (var at = bomb.AsSpan().IndexOf(declared); at >= 0; at = bomb.AsSpan().IndexOf(declared))
            BitConverter.TryWriteBytes(bomb.AsSpan(at), 1000);
        Assert.StartsWith("source: ", await Failure(bomb), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_beyond_the_limit_is_refused() =>
        Assert.Contains("unpacks to", await Exports.FailureAsync(Workbook(""), "csv", "", new() { MaxUnpackedBytes = 10 }), StringComparison.Ordinal);

    [Fact]
    public async Task A_list_of_parts_that_is_too_long_is_refused_before_it_is_read()
    {
        using var memory = new MemoryStream();
        using (var archive = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            for (var number = 0; number < 200; number++)
                archive.CreateEntry($"{number}{new string('x', 30_000)}");
        }

        Assert.Matches("^source: the list of the workbook's parts has 60[0-9]{5} bytes, more than 4194304$", await Failure(memory.ToArray()));
    }

    [Fact]
    public async Task What_is_no_workbook_is_called_so() => Assert.Equal("source: not a workbook (xlsx)", await Failure([.. "PK\u0003\u0004"u8, 1, 2, 3]));

    [Fact]
    public async Task A_row_whose_cells_repeat_a_long_shared_text_is_refused_by_its_number()
    {
        var row = string.Concat(Enumerable.Repeat("<c t=\"s\"><v>0</v></c>", 100));
        var workbook = Workbook($"<row r=\"1\"><c><v>1</v></c></row><row r=\"2\">{row}</row>", texts: $"<si><t>{new string('x', 200_000)}</t></si>");
        Assert.Equal("row 2: longer than 1000000 bytes", await Exports.FailureAsync(workbook, "csv", "", new() { MaxRowBytes = 1_000_000 }));
    }

    [Fact]
    public async Task A_row_that_fills_one_cell_again_and_again_is_refused_by_its_number()
    {
        var row = string.Concat(Enumerable.Repeat("<c r=\"A1\" t=\"inlineStr\"><is><t>0123456789</t></is></c>", 101));
        Assert.Equal("row 1: longer than 1000 bytes", await Exports.FailureAsync(Workbook($"<row r=\"1\">{row}</row>"), "csv", "", new() { MaxRowBytes = 1_000 }));
    }

    [Fact]
    public async Task A_part_that_is_small_in_every_workbook_may_not_be_large()
    {
        // Random, so that it is no bomb.
        var styles = Convert.ToHexString(RandomNumberGenerator.GetBytes(9_000_000));
        Assert.Matches(
            "^source: the workbook's part xl/styles.xml unpacks to 18[0-9]{6} bytes, more than 16777216$",
            await Failure(Workbook("", styles: $"<x>{styles}</x>")));
    }

    [Fact]
    public async Task A_part_that_refers_to_more_parts_than_there_can_be_is_refused()
    {
        var many = string.Concat(Enumerable.Repeat("<Relationship Id=\"i\" Type=\"t\" Target=\"x\"/>", 10_001));
        Assert.Equal("source: the workbook (xlsx) is malformed: a part with more than 10000 relationships", await Failure(Workbook("", relationships: many)));
    }

    private static async Task<string> CsvOf(byte[] workbook, string members = "") =>
        Encoding.UTF8.GetString(await Exports.ExportAsync(workbook, "csv", Source(members)));

    private static Task<string> Failure(byte[] workbook, string members = "") => Exports.FailureAsync(workbook, "csv", Source(members));

    // A member that is given twice counts as it was given last.
    private static string Source(string members) => members.Length == 0 ? "" : $$"""
        "source":{"fileId":1001,{{members}}}
        """;

    private static long UnpackedSize(byte[] workbook)
    {
        using var archive = new ZipArchive(new MemoryStream(workbook));
        return archive.GetEntry("xl/worksheets/sheet1.xml")!.Length;
    }

    private static byte[] Workbook(
        string rows, string texts = "<si><t xml:space=\"preserve\">x _x0041__x000D_</t></si><si/>", string styles = "", string relationships = "")
    {
        using var memory = new MemoryStream();
        using (var archive = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(archive, "_rels/.rels", Relationships("<Relationship Id=\"a\" Type=\"http://x/officeDocument\" Target=\"xl/workbook.xml\"/>"));
            Add(archive, "xl/_rels/workbook.xml.rels", Relationships(
                "<Relationship Id=\"s\" Type=\"http://x/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"t\" Type=\"http://x/sharedStrings\" Target=\"/xl/texts.xml\"/><Relationship Id=\"u\" Type=\"http://x/styles\" Target=\"styles.xml\"/>" + relationships));
            Add(archive, "xl/workbook.xml", "<workbook xmlns=\"m\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"Data\" r:id=\"s\"/></sheets></workbook>");
            Add(archive, "xl/texts.xml", $"<sst xmlns=\"m\">{texts}</sst>");
            Add(archive, "xl/styles.xml", $"<styleSheet xmlns=\"m\">{styles}<numFmts><numFmt numFmtId=\"170\" formatCode=\"[$-409]d\\-mmm;@\"/></numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"22\"/><xf numFmtId=\"170\"/></cellXfs></styleSheet>");
            Add(archive, "xl/worksheets/sheet1.xml", $"<worksheet xmlns=\"m\"><sheetData>{rows}</sheetData></worksheet>");
        }

        return memory.ToArray();
    }

    private static string Relationships(string inner) => $"<Relationships xmlns=\"r\">{inner}</Relationships>";

    private static void Add(ZipArchive archive, string path, string content)
    {
        using var writer = new StreamWriter(archive.CreateEntry(path).Open());
        writer.Write(content);
    }
}
