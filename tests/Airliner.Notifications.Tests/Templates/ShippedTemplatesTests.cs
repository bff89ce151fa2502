using System.Text.Json;
using System.Text.RegularExpressions;
using Airliner.Contracts;
using Airliner.Contracts.Auth;
using Airliner.Contracts.Events;
using Airliner.Contracts.Notifications;
using Airliner.Contracts.Tasks;
using Airliner.Contracts.Users;
using Airliner.Notifications.Grains;
using Airliner.Notifications.Grains.Templates;
using Airliner.Notifications.Tests.Doubles;
using Xunit;

namespace Airliner.Notifications.Tests.Templates;

/// <summary>The templates that come with the program.</summary>
public sealed partial class ShippedTemplatesTests
{
    private static readonly TemplateLibrary _library = TemplateFolder.Shipped();

    public static TheoryData<string, string, string> Each =>
        new(from kind in TemplateSet.Kinds from channel in kind from locale in new[] { "en", "de" } select (kind.Key, channel, locale));

    [Theory]
    [MemberData(nameof(Each))]
    public void Every_kind_of_notification_says_something_in_every_locale(string eventType, string channel, string locale)
    {
        var sample = _library.Current.Sample(eventType);
        var templates = _library.Current.Find(eventType, channel, locale);

        var rendered = templates.Render(TemplateModel.Of(sample.Data, sample.ExtrasFor(channel)));

        Assert.Equal(locale, templates.Locale);
        Assert.NotEmpty(rendered.Subject);
        Assert.NotEmpty(rendered.Text);
        Assert.Equal(channel == Channels.Email, rendered.Html is not null);
        Assert.DoesNotContain("{", (rendered.Subject + rendered.Text).Replace("{\"", "", StringComparison.Ordinal), StringComparison.Ordinal);
        if (channel is Channels.Sms or Channels.Push)
            Assert.InRange(rendered.Text.Length, 1, 200);
        if (rendered.Html is { } html)
        {
            Assert.StartsWith($"<!doctype html>\n<html lang=\"{locale}\">", html, StringComparison.Ordinal);
            Assert.Equal(Words(rendered.Text), Words(WebText(html)));
        }
    }

    [Fact]
    public void A_sample_has_the_members_of_its_event()
    {
        var at = DateTimeOffset.UnixEpoch;
        DomainEvent[] events =
        [
            new UserRegistered(1, "ada", "ada@example.org", "Ada", "Lovelace"),
            new UserEmailVerificationRequested(1, "id", at),
            new UserPasswordResetRequested(1, "id", at),
            new UserUpdated(1, "ada", "ada@example.org", "Ada", "Lovelace", ["user"], ["email"]),
            new UserPasswordChanged(1),
            new AccountLocked(1, LockScopes.Address, at),
            new RefreshTokenReused(1, "id"),
            new TaskCreated(2, "TASK1", "data_processing", 1, "medium"),
            new TaskCompleted(2, "TASK1", "data_processing", 1, 0.5),
            new TaskFailed(2, "TASK1", "data_processing", 1, "why", 3),
            new TaskCancelled(2, "TASK1", "data_processing", 1),
        ];

        Assert.Equal(NotificationRules.All.Select(kind => kind.EventType).ToHashSet(), events.Select(raised => raised.EventType).ToHashSet());
        Assert.All(events, raised =>
        {
            Assert.True(EventData.TryFlatten(JsonSerializer.SerializeToElement(raised, raised.GetType(), AirlinerJson.Options), out var data, out _));
            Assert.Equal(Names(JsonElement.Parse(data)), Names(_library.Current.Sample(raised.EventType).Data));
        });
    }

    [Theory]
    [InlineData("de-AT", "Willkommen bei Airliner, Ada")]
    [InlineData("DE", "Willkommen bei Airliner, Ada")]
    [InlineData("de-Latn-AT-1996", "Willkommen bei Airliner, Ada")]
    [InlineData("en-GB", "Welcome to Airliner, Ada")]
    [InlineData("fr", "Welcome to Airliner, Ada")]
    [InlineData("", "Welcome to Airliner, Ada")]
    [InlineData("../../etc", "Welcome to Airliner, Ada")]
    public void A_locale_falls_back_to_the_next_that_has_templates(string locale, string subject) =>
        Assert.Equal(subject, _library.Render("user_registered", Channels.Email, locale, """{"userId":1,"firstName":"Ada"}""").Subject);

    [Fact]
    public void Markup_in_a_name_stays_text_in_the_html_part()
    {
        var mail = Mail("""{"userId":1,"username":"<script>alert('x')</script>","firstName":"& \"Co\" Zoë 😀"}""");

        Assert.DoesNotContain("<script", mail.Html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("<strong>&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;</strong>", mail.Html, StringComparison.Ordinal);
        Assert.Contains("Hello &amp; &quot;Co&quot; Zoë", mail.Html, StringComparison.Ordinal);
        Assert.Contains("account \"<script>alert('x')</script>\" is", mail.Text, StringComparison.Ordinal);
        Assert.Equal("Welcome to Airliner, & \"Co\" Zoë 😀", mail.Subject);
    }

    [Fact]
    public void A_name_with_line_ends_stays_on_its_line()
    {
        var mail = Mail("""{"userId":1,"firstName":"Ada\r\nBcc: x@example.org\u2028z"}""");

        Assert.Equal("Welcome to Airliner, Ada  Bcc: x@example.org z", mail.Subject);
        Assert.Contains("Hello Ada  Bcc: x@example.org z,", mail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Liquid_in_a_name_is_not_run() =>
        Assert.Equal("Welcome to Airliner, {{ userId }}{% if", Mail("""{"userId":1,"firstName":"{{ userId }}{% if"}""").Subject);

    [Fact]
    public void What_is_said_beside_an_event_goes_before_its_members() =>
        Assert.Equal(
            "Welcome to Airliner, Augusta",
            _library.Render("user_registered", Channels.Email, "en", """{"userId":1,"firstName":"Ada"}""", new Dictionary<string, string> { ["firstName"] = "Augusta" }).Subject);

    [Fact]
    public void A_long_subject_is_cut_between_characters()
    {
        var error = new string('x', 170) + string.Concat(Enumerable.Repeat("😀", 50));

        var subject = _library.Render("task_failed", Channels.InApp, "en", $$"""{"taskId":7,"errorMessage":"{{error}}"}""").Subject;

        Assert.InRange(subject.Length, 199, 200);
        Assert.EndsWith("😀…", subject, StringComparison.Ordinal);
    }

    [Fact]
    public void The_way_out_stands_in_a_mail_only_where_there_is_one()
    {
        const string Data = """{"userId":1}""";
        var link = new Dictionary<string, string> { ["unsubscribeUrl"] = "https://airliner.example/unsubscribe?token=a&b" };

        var mail = _library.Render("user_registered", Channels.Email, "en", Data, link);
        var security = _library.Render("account_locked", Channels.Email, "en", Data, link);
        var without = _library.Render("user_registered", Channels.Email, "en", Data);

        Assert.Contains("https://airliner.example/unsubscribe?token=a&b", mail.Text, StringComparison.Ordinal);
        Assert.Contains("<a href=\"https://airliner.example/unsubscribe?token=a&amp;b\">", mail.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("unsubscribe", security.Text + security.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("href", without.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("--", without.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_digest_has_a_line_for_each_event()
    {
        var at = new DateTimeOffset(2026, 1, 31, 14, 5, 0, TimeSpan.Zero);
        DigestItem[] items = [new("Task 1 is done", "task_completed", at), new("Task <2> failed", "task_failed", at.AddHours(1))];

        var english = _library.RenderDigest("en-GB", NotificationCategories.Tasks, items, new Dictionary<string, string> { ["firstName"] = "Ada" });
        var german = _library.RenderDigest("de", NotificationCategories.Account, items[..1]);

        Assert.Equal("2 notifications about your tasks", english.Subject);
        Assert.Contains("Hello Ada,", english.Text, StringComparison.Ordinal);
        Assert.Contains("- 2026-01-31 14:05 UTC: Task 1 is done\n- 2026-01-31 15:05 UTC: Task <2> failed", english.Text, StringComparison.Ordinal);
        Assert.Contains("Task &lt;2&gt; failed</li>", english.Html, StringComparison.Ordinal);
        Assert.Equal("1 Benachrichtigung zu Ihrem Konto", german.Subject);
        Assert.Contains("- 31.01.2026 14:05 UTC: Task 1 is done", german.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_digest_of_five_hundred_events_is_rendered()
    {
        var items = Enumerable.Range(0, 500).Select(number => new DigestItem($"Task {number} is done", "task_completed", DateTimeOffset.UnixEpoch)).ToList();

        Assert.Contains("Task 499 is done", _library.RenderDigest("en", NotificationCategories.Tasks, items).Html, StringComparison.Ordinal);
    }

    [Fact]
    public void What_nobody_is_told_by_a_channel_is_not_rendered() =>
        Assert.Throws<ArgumentException>(() => _library.Render("user_registered", Channels.Sms, "en", "{}"));

    private static Grains.Providers.RenderedNotification Mail(string data) => _library.Render("user_registered", Channels.Email, "en", data);

    private static IEnumerable<string> Names(JsonElement data) => data.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal);

    /// <summary>What a reader of the page sees, and where its links go.</summary>
    private static string WebText(string html) => System.Net.WebUtility.HtmlDecode(
        Markup().Replace(html[html.IndexOf("<body", StringComparison.Ordinal)..].Replace("<a href=\"", " ", StringComparison.Ordinal), " "));

    /// <summary>The words that differ in nothing but marks, in no order: a link's address stands before its text in the one, and behind it in the other.</summary>
    private static IEnumerable<string> Words(string text) => Word().Matches(text).Select(match => match.Value).Order(StringComparer.Ordinal);

    [GeneratedRegex("<[^>]*>|\">")]
    private static partial Regex Markup();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();
}
