using Xunit;

namespace Airliner.Tasks.Tests.DataProcessing;

public sealed class FilterTests
{
    private const string Flights = "flight,delay,status\nAA1,5,on time\nAA2,10.0,late\nBB3,,cancelled\nBB4,9,late\n";

    [Theory]
    [InlineData("""{"column":"flight","op":"eq","value":"AA1"}""", "AA1")]
    [InlineData("""{"column":"flight","op":"ne","value":"AA1"}""", "AA2 BB3 BB4")]
    [InlineData("""{"column":"delay","op":"eq","value":10}""", "AA2")]
    [InlineData("""{"column":"delay","op":"eq","value":"1e1"}""", "AA2")]
    [InlineData("""{"column":"delay","op":"gt","value":5}""", "AA2 BB4")]
    [InlineData("""{"column":"delay","op":"ge","value":9}""", "AA2 BB4")]
    [InlineData("""{"column":"delay","op":"lt","value":9}""", "AA1 BB3")]
    [InlineData("""{"column":"delay","op":"le","value":9}""", "AA1 BB3 BB4")]
    [InlineData("""{"column":"status","op":"gt","value":"cancelled"}""", "AA1 AA2 BB4")]
    [InlineData("""{"column":"status","op":"lt","value":1}""", "")]
    [InlineData("""{"column":"status","op":"contains","value":"t"}""", "AA1 AA2 BB4")]
    [InlineData("""{"column":"status","op":"contains","value":"T"}""", "")]
    [InlineData("""{"column":"status","op":"startsWith","value":"can"}""", "BB3")]
    [InlineData("""{"column":"delay","op":"startsWith","value":1}""", "AA2")]
    [InlineData("""{"column":"delay","op":"in","value":[5,"10"]}""", "AA1 AA2")]
    [InlineData("""{"column":"status","op":"in","value":["late","none",true]}""", "AA2 BB4")]
    [InlineData("""{"column":"status","op":"in","value":[]}""", "")]
    [InlineData("""{"column":"delay","op":"isEmpty"}""", "BB3")]
    [InlineData("""{"column":"delay","op":"isEmpty","value":false}""", "AA1 AA2 BB4")]
    [InlineData("""{"column":"status","op":"eq","value":"late"},{"column":"delay","op":"gt","value":9}""", "AA2")]
    public async Task A_condition_keeps_the_rows_that_meet_it(string conditions, string expected)
    {
        var lines = await Run.Csv(Flights, $$"""
            "where":[{{conditions}}],"select":["flight"]
            """);
        Assert.Equal("flight", lines[0]);
        Assert.Equal(expected, string.Join(' ', lines[1..]));
    }

    [Theory]
    [InlineData("9", "10", true)]
    [InlineData("9", "1a", false)]
    [InlineData("-2", "-1.5", true)]
    [InlineData("0.1", ".2", true)]
    [InlineData("79228162514264337593543950335", "1e40", true)]
    [InlineData("1e-40", "2e-40", true)]
    [InlineData("0", "1e-40", true)]
    [InlineData("1,000", "5", true)]
    [InlineData("NaN", "5", false)]
    [InlineData("Infinity", "5", false)]
    public async Task Two_numbers_compare_as_numbers_and_all_else_as_ordinal_text(string cell, string value, bool isLess)
    {
        var lines = await Run.Csv($"n\n\"{cell}\"\n", $$"""
            "where":[{"column":"n","op":"lt","value":"{{value}}"}]
            """);
        Assert.Equal(isLess ? 2 : 1, lines.Length);
    }

    [Fact]
    public async Task Select_picks_columns_in_its_own_order() =>
        Assert.Equal(["status,flight", "on time,AA1"], (await Run.Csv(Flights, """
            "select":["status","flight"],"limit":1
            """)));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 2)]
    [InlineData(99, 4)]
    public async Task A_limit_cuts_the_result(int limit, int expected)
    {
        Assert.Equal(expected, (await Run.Csv(Flights, $"\"limit\":{limit}")).Length - 1);
        Assert.Equal(expected, (await Run.Csv(Flights, $$"""
            "limit":{{limit}},"sort":[{"column":"flight"}]
            """)).Length - 1);
    }
}
