using System.Net;
using System.Net.Http.Json;
using Airliner.Testing;
using Xunit;

namespace Airliner.Gateways.Tests;

/// <summary>Previews of templates, as administrators ask for them.</summary>
public sealed class TemplatePreviewTests(RunningSystem system)
{
    private const string Path = "/api/v1/airliner/templates/preview";

    [Fact]
    public async Task An_administrator_sees_what_a_mail_would_say()
    {
        using var answer = await PreviewAsync(new { eventType = "task_failed", channel = "email", locale = "de-AT", template = new { subject = "{{ taskReference }} <b>" } });

        var preview = (await answer.JsonAsync()).GetProperty("preview");
        Assert.Equal("task_failed email de", $"{preview.GetProperty("eventType")} {preview.GetProperty("channel")} {preview.GetProperty("locale")}");
        Assert.Equal("TASK20260131A1B2C3D4 <b>", preview.GetProperty("subject").GetString());
        Assert.Contains("Guten Tag Ada,", preview.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Contains("<html lang=\"de\">", preview.GetProperty("html").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_that_is_wrong_is_named_with_the_line()
    {
        using var broken = await PreviewAsync(new { eventType = "user_registered", channel = "email", template = new { html = "<p>\n{{ usernam }}" } });
        using var tooLong = await PreviewAsync(new { eventType = "user_registered", channel = "email", template = new { text = new string('x', 65_537) } });
        using var foreign = await PreviewAsync(new { eventType = "task_created", channel = "inapp", template = new { html = "<p>" } });

        Assert.StartsWith("line 2: There is no 'usernam'.", await ComplaintAsync(broken, "template.html"), StringComparison.Ordinal);
        Assert.Equal("must have at most 65536 characters.", await ComplaintAsync(tooLong, "template.text"));
        Assert.Equal("is no part of inapp, which has subject.", await ComplaintAsync(foreign, "template.html"));
    }

    private static async Task<string?> ComplaintAsync(HttpResponseMessage answer, string member) =>
        (await answer.ProblemAsync(HttpStatusCode.BadRequest, "BAD_REQUEST")).GetProperty("errors").GetProperty(member)[0].GetString();

    private async Task<HttpResponseMessage> PreviewAsync(object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new("Bearer", await system.AdminTokenAsync());
        return await system.Gateways[2].Http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
