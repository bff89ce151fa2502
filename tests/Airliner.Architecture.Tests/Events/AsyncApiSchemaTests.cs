using Airliner.Testing;
using Xunit;

namespace Airliner.Architecture.Tests.Events;

/// <summary>The document that consumers read, against the JSON Schema that AsyncAPI publishes for version 3.0.0. Skipped without Node.js and npm.</summary>
public sealed class AsyncApiSchemaTests
{
    [Fact]
    public async Task The_document_is_one_of_AsyncAPI() => Assert.Empty(await FaultsAsync(Repository.Read("docs/asyncapi.json")));

    [Theory]
    [InlineData("\"asyncapi\": \"3.0.0\"", "\"asyncapi\": \"2.6.0\"", "/asyncapi ")]
    [InlineData("\"title\": \"Airliner Administration: events\"", "\"name\": \"events\"", "/info ")]
    [InlineData("\"address\": \"auth-events\"", "\"address\": 5", "/channels/auth-events/address ")]
    [InlineData("\"action\": \"send\"", "\"action\": \"publish\"", "/operations/publish-user-registration-events/action ")]
    [InlineData("\"type\": \"object\"", "\"type\": \"record\"", "/components/messages/account_locked/payload")]
    public async Task A_document_that_is_none_is_refused(string right, string wrong, string where)
    {
        var document = Repository.Read("docs/asyncapi.json");
        Assert.Contains(right, document, StringComparison.Ordinal);

        Assert.Contains(where, await FaultsAsync(document.Replace(right, wrong, StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    private static async Task<string> FaultsAsync(string document)
    {
        var packages = await NodePackages.InstallAsync("asyncapi", "ajv@8.20.0", "ajv-formats@3.0.1", "@asyncapi/specs@6.11.1");
        return await packages.RunAsync("Events/asyncapi.js", document);
    }
}
