using Xunit;

namespace Airliner.Tasks.Tests.DataProcessing;

public sealed class ParameterTests
{
    private const string Operators = "must be one of eq, ne, lt, le, gt, ge, contains, startsWith, in, isEmpty";

    [Theory]
    [InlineData("{}", "source: is required")]
    [InlineData("null", "parameters: must be an object")]
    [InlineData("[]", "parameters: must be an object")]
    [InlineData("""{"source":null}""", "source: is required")]
    [InlineData("""{"source":"a,b"}""", "source: must be an object")]
    [InlineData("""{"source":{}}""", "source: must have exactly one of csv, jsonl, fileId")]
    [InlineData("""{"source":{"csv":"a","fileId":1}}""", "source: must have exactly one of csv, jsonl, fileId")]
    [InlineData("""{"source":{"csv":1}}""", "source.csv: must be a string")]
    [InlineData("""{"source":{"csv":"\ud800"}}""", "source.csv: must be Unicode text")]
    [InlineData("""{"source":{"jsonl":{}}}""", "source.jsonl: must be a string")]
    [InlineData("""{"source":{"fileId":"1001"}}""", "source.fileId: must be a whole number")]
    [InlineData("""{"source":{"fileId":1.5}}""", "source.fileId: must be a whole number")]
    [InlineData("""{"source":{"fileId":1001,"format":"xml"}}""", "source.format: must be one of csv, jsonl, xlsx, parquet")]
    [InlineData("""{"source":{"fileId":1001}}""", "source.fileId: there is no file 1001")]
    public Task A_source_that_cannot_be_used_is_named(string parameters, string message) => Fails(parameters, message);

    [Theory]
    [InlineData("""{"column":"a"}""", "where: must be a list")]
    [InlineData("[1]", "where[0]: must be an object")]
    [InlineData("[{}]", "where[0].column: is required")]
    [InlineData("""[{"column":1}]""", "where[0].column: must be a string")]
    [InlineData("""[{"column":"a"}]""", "where[0].op: is required; it " + Operators)]
    [InlineData("""[{"column":"a","op":"like","value":1}]""", "where[0].op: " + Operators)]
    [InlineData("""[{"column":"a","op":1,"value":1}]""", "where[0].op: " + Operators)]
    [InlineData("""[{"column":"a","op":"eq","value":1},{"column":"a","op":"eq"}]""", "where[1].value: is required")]
    [InlineData("""[{"column":"a","op":"eq","value":[1]}]""", "where[0].value: must be a string, a number or a boolean")]
    [InlineData("""[{"column":"a","op":"in"}]""", "where[0].value: is required")]
    [InlineData("""[{"column":"a","op":"in","value":"x"}]""", "where[0].value: must be a list")]
    [InlineData("""[{"column":"a","op":"in","value":["x",{}]}]""", "where[0].value[1]: must be a string, a number or a boolean")]
    [InlineData("""[{"column":"a","op":"isEmpty","value":"x"}]""", "where[0].value: must be true or false")]
    [InlineData("""[{"column":"x","op":"isEmpty"}]""", "where[0].column: there is no column 'x'; the columns are a, b")]
    public Task A_condition_that_cannot_be_used_is_named(string where, string message) => FailsWith($"\"where\":{where}", message);

    [Theory]
    [InlineData("\"select\":\"a\"", "select: must be a list")]
    [InlineData("\"select\":[\"a\",2]", "select[1]: must be a string")]
    [InlineData("\"select\":[\"a\",\"x\"]", "select[1]: there is no column 'x'; the columns are a, b")]
    [InlineData("\"select\":[\"a\",\"a\"]", "select[1]: the result already has a column 'a'")]
    [InlineData("\"groupBy\":[\"x\"]", "groupBy[0]: there is no column 'x'; the columns are a, b")]
    [InlineData("\"groupBy\":[\"a\",\"a\"]", "groupBy[1]: the result already has a column 'a'")]
    [InlineData("\"groupBy\":[\"a\"],\"select\":[\"b\"]", "select[0]: there is no column 'b'; the columns are a")]
    [InlineData("\"aggregate\":[{\"op\":\"median\",\"column\":\"a\"}]", "aggregate[0].op: must be one of count, sum, avg, min, max")]
    [InlineData("\"aggregate\":[{\"column\":\"a\"}]", "aggregate[0].op: is required; it must be one of count, sum, avg, min, max")]
    [InlineData("\"aggregate\":[{\"op\":\"sum\"}]", "aggregate[0].column: is required")]
    [InlineData("\"aggregate\":[{\"op\":\"sum\",\"column\":\"x\"}]", "aggregate[0].column: there is no column 'x'; the columns are a, b")]
    [InlineData("\"aggregate\":[{\"op\":\"sum\",\"column\":\"a\",\"as\":1}]", "aggregate[0].as: must be a string")]
    [InlineData("\"aggregate\":[{\"op\":\"count\"},{\"op\":\"count\"}]", "aggregate[1].as: the result already has a column 'count'")]
    [InlineData("\"sort\":{}", "sort: must be a list")]
    [InlineData("\"sort\":[{}]", "sort[0].column: is required")]
    [InlineData("\"sort\":[{\"column\":\"x\"}]", "sort[0].column: there is no column 'x'; the columns are a, b")]
    [InlineData("\"sort\":[{\"column\":\"a\",\"descending\":\"yes\"}]", "sort[0].descending: must be true or false")]
    [InlineData("\"limit\":-1", "limit: must not be negative")]
    [InlineData("\"limit\":1.5", "limit: must be a whole number")]
    [InlineData("\"limit\":\"10\"", "limit: must be a whole number")]
    public Task Any_other_member_that_cannot_be_used_is_named(string member, string message) => FailsWith(member, message);

    [Fact]
    public Task A_column_of_an_empty_source_does_not_exist() =>
        Fails("""{"source":{"csv":""},"select":["a"]}""", "select[0]: there is no column 'a'; there are none");

    [Fact]
    public async Task Members_that_nobody_knows_and_nulls_are_ignored() =>
        Assert.Equal(["a,b", "1,2"], await Run.Csv("a,b\n1,2\n", """
            "where":null,"select":null,"sort":[],"limit":null,"inputFile":"old.csv","aggregate":null,"operation":{"x":1}
            """));

    private static Task FailsWith(string member, string message) => Fails($$"""{"source":{"csv":"a,b\n1,2\n"},{{member}}}""", message);

    private static async Task Fails(string parameters, string message) => Assert.Equal(message, await Run.FailureOf(parameters));
}
