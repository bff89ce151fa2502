using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Airliner.Testing;
using Xunit;

namespace Airliner.Gateways.Tests.BadInput;

/// <summary>The forms of OAuth: what is wrong with one is told in RFC 6749's words (§5.2).</summary>
public sealed class BadFormTests(RunningSystem system)
{
    private const string Form = "application/x-www-form-urlencoded";

    public static TheoryData<string> Routes { get; } = [.. BadInputTable.Rows.Where(row => row.Route.Contains("/oauth2/", StringComparison.Ordinal)).Select(row => row.Route)];

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_member_that_is_missing_is_named(string route)
    {
        foreach (var member in RowOf(route).Required!)
            await RefusedAsync(route, string.Join('&', Good(route).Where(pair => !pair.StartsWith($"{member}=", StringComparison.Ordinal))), Form, $"{member} is required.");
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_member_that_is_there_twice_is_named(string route)
    {
        foreach (var member in Members(RowOf(route)))
            await RefusedAsync(route, $"{string.Join('&', Good(route))}&{member}=again", Form, $"{member} is there more than once.");
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public Task What_is_no_form_is_refused(string route) =>
        RefusedAsync(route, """{"grant_type":"client_credentials"}""", "application/json", "The body must be application/x-www-form-urlencoded.");

    [Theory]
    [MemberData(nameof(Routes))]
    public Task A_form_without_end_is_refused(string route) => RefusedAsync(
        route, string.Join('&', Enumerable.Range(0, 2_000).Select(i => $"m{i}=x")), Form, "The form cannot be read: it is malformed, not in UTF-8, has too many members, or is too long.");

    internal static IEnumerable<string> Members(BadInputRow row) => row.Body is null ? [] : row.Body.Split('&').Select(pair => pair.Split('=')[0]);

    private static BadInputRow RowOf(string route) => BadInputTable.Rows.Single(row => row.Route == route);

    /// <summary>The row's form, with the credentials of a client that exists.</summary>
    private IEnumerable<string> Good(string route) => RowOf(route).Body!.Split('&')
        .Select(pair => pair.StartsWith("client_id=", StringComparison.Ordinal) ? $"client_id={system.ServiceClientId}"
            : pair.StartsWith("client_secret=", StringComparison.Ordinal) ? $"client_secret={system.ServiceClientSecret}" : pair);

    private async Task RefusedAsync(string route, string body, string contentType, string description)
    {
        using var content = new StringContent(body, Encoding.UTF8, MediaTypeHeaderValue.Parse(contentType));
        using var answer = await system.Auth.Http.PostAsync(new Uri(route.Split(' ')[1], UriKind.Relative), content, TestContext.Current.CancellationToken);
        var error = await answer.JsonAsync(HttpStatusCode.BadRequest);
        Assert.Equal(("invalid_request", description), (error.GetProperty("error").GetString(), error.GetProperty("error_description").GetString()));
    }
}
