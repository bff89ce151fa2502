using System.Text.Json;
using Airliner.Notifications.Grains.Templates;
using Xunit;

namespace Airliner.Notifications.Tests.Templates;

/// <summary>What a template can do, and what it cannot.</summary>
public sealed class LiquidTemplateTests
{
    private const string Markup = "<script>\"'&";

    private static readonly JsonElement _data = JsonElement.Parse("""{"name":"<script>\"'&","at":"2026-01-31T14:05:00Z","items":[{"name":"<script>\"'&"}],"texts":["<script>"]}""");

    [Fact]
    public void A_value_is_escaped_in_html_once_and_in_text_not_at_all()
    {
        const string Escaped = "&lt;script&gt;&quot;&#x27;&amp;";

        Assert.Equal(Escaped, Render("{{ name }}", isHtml: true));
        Assert.Equal(Escaped, Render("{{ name | escape }}", isHtml: true));
        Assert.Equal(Escaped + Escaped, Render("{% assign it = name | escape %}{{ it | append: name }}", isHtml: true));
        Assert.Equal(Markup, Render("{{ name | escape }}", isHtml: false));
    }

    [Fact]
    public void No_filter_and_no_list_lets_markup_through_in_html()
    {
        foreach (var filter in Liquid.Options.Filters.Select(filter => filter.Key))
        {
            foreach (var arguments in new[] { "", ": name", ": '<'", ": 1", ": '<', name", ": 'script', name", ": 0, 9" })
                Assert.DoesNotContain("<", TryRender($"{{{{ name | {filter}{arguments} }}}}{{{{ name | escape | {filter}{arguments} | append: name }}}}"), StringComparison.Ordinal);
        }

        Assert.DoesNotContain("<", Render("{{ items }}{{ items[0] }}{{ items.first }}{{ texts }}{{ texts[0] }}{{ texts.first }}", isHtml: true), StringComparison.Ordinal);
        Assert.DoesNotContain("<", Render("{% for item in items %}{{ item }}{{ item.name }}{{ item['name'] }}{% endfor %}", isHtml: true), StringComparison.Ordinal);
    }

    [Fact]
    public void Loops_end_after_so_many_steps()
    {
        var data = JsonSerializer.SerializeToElement(new { items = Enumerable.Range(0, 200).Select(number => new { number }) });

        var error = Assert.Throws<TemplateException>(() => Render(
            "{% for a in items %}{% for b in items %}{% for c in items %}{% for d in items %}{{ d.number }}{% endfor %}{% endfor %}{% endfor %}{% endfor %}", isHtml: false, data));

        Assert.Equal($"file: It takes more than {Liquid.MaxSteps} steps.", error.Message);
    }

    [Fact]
    public void What_it_renders_is_bounded()
    {
        var data = JsonSerializer.SerializeToElement(new { items = Enumerable.Range(0, 200).Select(number => new { text = new string('x', 3000) }) });

        var error = Assert.Throws<TemplateException>(() => Render("{% for a in items %}{{ a.text }}{% endfor %}", isHtml: true, data));

        Assert.Contains($"{BoundedText.MaxLength} characters", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{% assign a = 'aaaaaaaaaaaaaaaaaaaa' %}", "{% assign a = a | append: a %}", 40)]
    [InlineData("{% assign a = 'aaaaaaaaaaaaaaaaaaaa' %}", "{% assign a = a | replace: 'a', a %}", 6)]
    [InlineData("", "{{ at | date: '%999999999d' }}", 1)]
    // Of an empty text there is one before each letter.
    [InlineData("{% assign a = 'aaaaaaaaaaaaaaaaaaaa' %}", "{% assign a = a | replace: '', a %}", 6)]
    public void A_text_does_not_grow_without_bound(string first, string again, int times) =>
        Assert.Throws<TemplateException>(() => Render(first + string.Concat(Enumerable.Repeat(again, times)), isHtml: false));

    [Fact]
    public void What_a_filter_makes_is_bounded_also_where_nothing_filters_it_again()
    {
        var longest = new string('a', 5000);

        var error = Assert.Throws<TemplateException>(() => Render($"{{% assign a = '{longest}' %}}{{% assign b = a | replace: 'a', a %}}", isHtml: false));

        Assert.Contains("takes and makes texts of at most 10000 characters", error.Message, StringComparison.Ordinal);
        Assert.Equal(longest, Render($"{{{{ '{longest}' | replace: 'a', 'a' }}}}", isHtml: false));
    }

    /// <summary>Each would overflow the stack, which ends the process.</summary>
    [Theory]
    [InlineData("{%if name%}", "{%endif%}")]
    [InlineData("{%if name%}{%raw%}{%endif%}{%endraw%}", "{%endif%}")]
    [InlineData("{%if name%}", "")]
    [InlineData("{{ name[", "]")]
    [InlineData("{%if (", ")")]
    [InlineData("{{ name | upcase ", "}}")]
    [InlineData("{%if name or ", "name%}")]
    public void Nesting_is_bounded_before_it_is_parsed(string open, string close)
    {
        var source = string.Concat(Enumerable.Repeat(open, 1600)) + string.Concat(Enumerable.Repeat(close, 1600));

        Assert.Contains("allowed", Assert.Throws<TemplateException>(() => Render(source[..Math.Min(source.Length, 65_000)], isHtml: false)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_within_the_bound_is_parsed_and_rendered() =>
        Assert.Equal("x", Render($"{string.Concat(Enumerable.Repeat("{%if name%}", 100))}x{string.Concat(Enumerable.Repeat("{%endif%}", 100))}", isHtml: false));

    [Fact]
    public void A_source_beyond_the_bound_is_refused() =>
        Assert.Contains("65536 characters", Assert.Throws<TemplateException>(() => Render(new string('x', 70_000), isHtml: false)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_filter_that_fails_says_why() =>
        Assert.StartsWith("file: ", Assert.Throws<TemplateException>(() => Render("{{ 1 | divided_by: 0 }}", isHtml: false)).Message, StringComparison.Ordinal);

    private static string TryRender(string source)
    {
        try
        {
            return Render(source, isHtml: true);
        }
        catch (TemplateException)
        {
            // Not every filter takes all of these arguments.
            return "";
        }
    }

    private static string Render(string source, bool isHtml, JsonElement? data = null)
    {
        var value = data ?? _data;
        return LiquidTemplate.Parse("file", source, isHtml, value.EnumerateObject().ToDictionary(member => member.Name, member => member.Value)).Render(TemplateModel.Of(value, null));
    }
}
