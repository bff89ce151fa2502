using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains;
using Airliner.Notifications.Grains.Templates;
using Xunit;

namespace Airliner.Notifications.Tests.Templates;

public sealed class TemplateLibraryTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"airliner-templates-{Guid.NewGuid():n}");

    public static string Shipped => Path.Combine(AppContext.BaseDirectory, "Templates");

    public void Dispose()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Every_rule_has_templates_that_render()
    {
        var library = TemplateLibrary.Load(Shipped);

        foreach (var (eventType, channel) in NotificationRules.All)
        {
            var data = """{"userId":1001,"taskId":1002,"firstName":"Ada","timestamp":"2025-01-02T03:04:05Z"}""";
            Assert.NotEmpty(library.RenderSubject(eventType, channel, data));
            if (channel == Channels.Email)
                Assert.Contains("<html", library.RenderMail(eventType, data).Html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_digest_has_a_line_for_each_event_in_which_markup_stays_text()
    {
        var at = new DateTimeOffset(2025, 1, 2, 3, 4, 5, TimeSpan.Zero);
        var mail = TemplateLibrary.Load(Shipped).RenderDigest(
            NotificationCategories.Tasks,
            [
                new(1, "task_created", """{"userId":1001,"taskId":7,"taskReference":"TASK7"}""", at),
                new(2, "task_cancelled", """{"userId":1001,"taskId":8,"taskReference":"<b>TASK8</b>"}""", at),
            ]);

        Assert.Equal("2 notifications from Airliner", mail.Subject);
        Assert.Contains("- Task TASK7 was created\n- Task <b>TASK8</b>", mail.Text, StringComparison.Ordinal);
        Assert.Contains("<li>Task &lt;b&gt;TASK8&lt;/b&gt;", mail.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void Markup_in_a_name_stays_text_in_the_html_part()
    {
        var mail = TemplateLibrary.Load(Shipped).RenderMail("user_registered", """{"userId":1,"firstName":"<script>alert('x')</script> & \"Co\""}""");

        Assert.DoesNotContain("<script", mail.Html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;Co&quot;", mail.Html, StringComparison.Ordinal);
        Assert.Contains("<script>alert('x')</script> & \"Co\"", mail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_with_line_ends_stays_on_its_line()
    {
        var mail = TemplateLibrary.Load(Shipped).RenderMail("user_registered", """{"userId":1,"firstName":"Ada\r\nBcc: x@example.org\u2028z"}""");

        Assert.Equal("Welcome to Airliner, Ada  Bcc: x@example.org z", mail.Subject);
        Assert.Contains("Hello Ada  Bcc: x@example.org z,", mail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Liquid_in_a_name_is_not_run()
    {
        var mail = TemplateLibrary.Load(Shipped).RenderMail("user_registered", """{"userId":1,"firstName":"{{ userId }}{% if"}""");

        Assert.Equal("Welcome to Airliner, {{ userId }}{% if", mail.Subject);
    }

    [Fact]
    public void A_long_subject_is_cut_between_characters()
    {
        var error = new string('x', 170) + string.Concat(Enumerable.Repeat("😀", 50));

        var subject = TemplateLibrary.Load(Shipped).RenderSubject("task_failed", Channels.InApp, $$"""{"taskId":7,"errorMessage":"{{error}}"}""");

        Assert.InRange(subject.Length, 199, 200);
        Assert.EndsWith("😀…", subject, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("one\ntwo {{ firstName\nthree", 2)]
    [InlineData("one\n{% if firstName %}yes{% endif %}\n{% if username %}no\nmore\nmore", 3)]
    [InlineData("one\ntwo\nthree {% nonsense %}\nfour", 3)]
    public void A_broken_template_names_its_file_and_line(string source, int line)
    {
        var path = Copy("user_registered/email/en/text.liquid", source);

        var error = Assert.Throws<TemplateException>(() => TemplateLibrary.Load(_folder));

        Assert.StartsWith($"{path}({line}): ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_filter_that_does_not_exist_is_found_at_the_start()
    {
        var path = Copy("user_registered/email/en/text.liquid", "{{ firstName | frobnicate }}");

        var error = Assert.Throws<TemplateException>(() => TemplateLibrary.Load(_folder));

        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_template_that_is_lacking_or_misnamed_is_found_at_the_start()
    {
        var path = Copy("user_registered/email/en/txt.liquid", "hello");
        Assert.Contains("txt.liquid", Assert.Throws<TemplateException>(() => TemplateLibrary.Load(_folder)).Message, StringComparison.Ordinal);

        File.Delete(path);
        File.Delete(Path.Combine(_folder, "task_created/inapp/en/subject.liquid"));
        Assert.Contains("task_created", Assert.Throws<TemplateException>(() => TemplateLibrary.Load(_folder)).Message, StringComparison.Ordinal);
    }

    /// <summary>Copies the shipped templates, with one of another content.</summary>
    private string Copy(string name, string content)
    {
        foreach (var file in Directory.EnumerateFiles(Shipped, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(_folder, Path.GetRelativePath(Shipped, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        return path;
    }
}
