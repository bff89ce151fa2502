using Airliner.Contracts.Notifications;
using Airliner.Notifications.Tests.Doubles;
using Airliner.Testing;
using Xunit;

namespace Airliner.Notifications.Tests.Templates;

/// <summary>Previews, and changes of templates, in a silo.</summary>
public sealed class TemplatePreviewTests(PostgresServer server)
{
    [Fact]
    public async Task A_preview_renders_the_sample_or_what_is_given()
    {
        await using var silo = await NotificationSilo.StartAsync(server);

        var sample = (await silo.Previews.Render(new("user_registered", Channels.Email, "de-AT"))).Preview!;
        var given = (await silo.Previews.Render(new("user_registered", Channels.Email, "en", """{"userId":7,"firstName":"Zoë"}""", Subject: "{{ userId }}: {{ lastName }}"))).Preview!;
        var line = (await silo.Previews.Render(new("task_completed", Channels.InApp, "en"))).Preview!;
        var digest = (await silo.Previews.Render(new("digest", Channels.Email, "en", """{"count":1,"category":"account","items":[{"subject":"A<b>","at":"2026-01-31T14:05:00Z"}]}"""))).Preview!;

        Assert.Equal(("de", "Willkommen bei Airliner, Ada"), (sample.Locale, sample.Subject));
        Assert.Contains("Ihr Konto <strong>ada</strong> ist bereit.", sample.Html, StringComparison.Ordinal);
        Assert.Equal("7:", given.Subject);
        Assert.Equal(("Task TASK20260131A1B2C3D4 is done", null), (line.Text, line.Html));
        Assert.Equal("1 notification about your account", digest.Subject);
        Assert.Contains("A&lt;b&gt;", digest.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("user_deleted", "email", null, null, "eventType", "must be one of account_locked, ")]
    [InlineData("user_registered", "sms", null, null, "channel", "must be one of email for user_registered.")]
    [InlineData("user_registered", "email", null, "a\n{{ usernam }}", "template.text", "line 2: There is no 'usernam'.")]
    [InlineData("user_registered", "email", null, "a\n{% if username %}", "template.text", "line 2: '{% endif %}' was expected.")]
    [InlineData("user_registered", "email", null, "{{ 1 | divided_by: 0 }}", "template.text", "Attempted to divide by zero.")]
    [InlineData("task_created", "inapp", null, "text", "template.text", "is no part of inapp, which has subject.")]
    [InlineData("user_registered", "email", """{"firstName":"\ud800"}""", null, "data", "has half a surrogate pair in a text.")]
    public async Task What_cannot_be_previewed_is_refused_with_the_member_and_the_line(
        string eventType, string channel, string? data, string? text, string member, string complaint)
    {
        await using var silo = await NotificationSilo.StartAsync(server);

        var result = await silo.Previews.Render(new(eventType, channel, "en", data, Text: text));

        Assert.Null(result.Preview);
        Assert.Equal(member, result.Member);
        Assert.StartsWith(complaint, result.Complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_preview_has_no_subject_with_the_one_time_code()
    {
        await using var silo = await NotificationSilo.StartAsync(server);

        var result = await silo.Previews.Render(new("user_password_reset_requested", Channels.Email, "en", Subject: "{{ code }}", Text: "{{ code }}"));

        Assert.Equal("template.subject", result.Member);
        Assert.StartsWith("line 1: There is no 'code'.", result.Complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_changes_in_the_folder_is_in_use_without_a_restart()
    {
        using var folder = new TemplateFolder();
        await using var silo = await NotificationSilo.StartAsync(
            server, null, ("Notifications:TemplateFolder", folder.Path), ("Notifications:TemplateRefreshInterval", "00:00:00.020"));
        var replaced = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        silo.Templates.Replaced += () => replaced.TrySetResult();

        folder.Write("user_registered/email/en/subject.liquid", "Changed for {{ username }}");
        await replaced.Task.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal("Changed for ada", (await silo.Previews.Render(new("user_registered", Channels.Email, "en"))).Preview!.Subject);
    }

    [Fact]
    public async Task A_broken_folder_keeps_the_silo_from_starting()
    {
        using var folder = new TemplateFolder();
        folder.Write("user_registered/email/en/subject.liquid", "{{");

        var error = await Assert.ThrowsAnyAsync<Exception>(() => NotificationSilo.StartAsync(server, null, ("Notifications:TemplateFolder", folder.Path)));

        Assert.Contains("subject.liquid(1): ", error.ToString(), StringComparison.Ordinal);
    }
}
