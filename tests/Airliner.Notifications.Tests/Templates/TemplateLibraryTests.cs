using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains.Templates;
using Airliner.Notifications.Tests.Doubles;
using Xunit;

namespace Airliner.Notifications.Tests.Templates;

/// <summary>What is looked at when the templates are read, and what an operator's folder changes.</summary>
public sealed class TemplateLibraryTests : IDisposable
{
    private const string Registered = """{"userId":1001,"username":"ada"}""";

    private readonly TemplateFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("one\ntwo {{ firstName\nthree", 2)]
    [InlineData("one\n{% if firstName %}yes{% endif %}\n{% if username %}no\nmore\nmore", 5)]
    [InlineData("one\ntwo\nthree {% nonsense %}\nfour", 3)]
    [InlineData("one\n{% include 'task_failed/email/en/text' %}", 2)]
    [InlineData("one\n{% render 'task_failed/email/en/text' %}", 2)]
    [InlineData("the frobnicate\n{{ firstName\n| frobnicate }}", 3)]
    [InlineData("{% if false %}\n{{ firstName | upcase | raw }}{% endif %}", 2)]
    [InlineData("{% assign name = firstName | split: ' ' %}", 1)]
    [InlineData("\n{% if username %}{% elsif firstName == 'a' %}\n{{ firstName | append: usernam }}{% endif %}", 3)]
    [InlineData("{% case username %}\n{% when usernam %}{% endcase %}", 2)]
    [InlineData("usernam\n\n{% unless usernam %}{% endunless %}", 3)]
    [InlineData("\n{% for n in (1..3) %}{% endfor %}", 2)]
    [InlineData("\n{% for letter in username %}{% endfor %}", 2)]
    [InlineData("\n{{firstName|frobnicate}}", 2)]
    [InlineData("\n\n{% assign username = 'me' %}", 3)]
    public void A_broken_template_names_its_file_and_line(string source, int line)
    {
        var path = _folder.Write("user_registered/email/en/text.liquid", source);

        var error = Assert.Throws<TemplateException>(_folder.Load);

        Assert.StartsWith($"{path}({line}): ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("user_password_reset_requested")]
    [InlineData("user_email_verification_requested")]
    public void A_subject_that_names_the_one_time_code_is_refused(string eventType)
    {
        _folder.Write($"{eventType}/email/en/text.liquid", "{{ code }}");
        Assert.NotNull(_folder.Load());

        var path = _folder.Write($"{eventType}/email/en/subject.liquid", "Your code is {{ code }}");

        Assert.StartsWith($"{path}(1): There is no 'code'.", Assert.Throws<TemplateException>(_folder.Load).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_of_a_list_that_does_not_exist_is_found()
    {
        var path = _folder.Write("digest/email/en/text.liquid", "{% for item in items %}\n{{ item['at'] }}{{ item.subjct }}{% endfor %}");

        Assert.Equal($"{path}(2): There is no 'item.subjct'.", Assert.Throws<TemplateException>(_folder.Load).Message);
    }

    [Theory]
    [InlineData("user_registered/email/en/txt.liquid", "txt.liquid")]
    [InlineData("user_registered/email/en/text.txt", "text.txt")]
    [InlineData("user_registered/email/en/more/text.liquid", "more/text")]
    [InlineData("user_registered/sms/en/text.liquid", "user_registered/sms")]
    [InlineData("user_deleted/email/en/text.liquid", "user_deleted")]
    [InlineData("user_registered/email/german/text.liquid", "'german' is no BCP 47 tag")]
    [InlineData("user_registered/email/de_AT/text.liquid", "'de_AT' is no BCP 47 tag")]
    [InlineData("user_registered/email/fr/text.liquid", "user_registered/email/fr/subject.liquid: It is lacking.")]
    [InlineData("task_failed/email/fr/subject.liquid", "task_failed/email/fr/text.liquid: It is lacking.")]
    public void A_file_that_nothing_asks_for_and_a_part_that_is_lacking_are_refused(string name, string complaint)
    {
        _folder.Write(name, "hello");

        Assert.Contains(complaint, Assert.Throws<TemplateException>(_folder.Load).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", 1)]
    [InlineData("{\"data\":{},\n\"extras\":{\"username\":1}}", 2)]
    [InlineData("{\"data\":[],\"extras\":{}}", null)]
    [InlineData("{}", null)]
    [InlineData("""{"data":{},"extras":{"username":null}}""", null)]
    [InlineData("""{"data":{"firstName":"\ud800"},"extras":{}}""", null)]
    [InlineData("""{"data":{"a":[{"\ud800":1}]},"extras":{}}""", null)]
    public void A_sample_that_is_none_is_refused(string sample, int? line)
    {
        var path = _folder.Write("user_registered/sample.json", sample);

        Assert.StartsWith(line is null ? $"{path}: " : $"{path}({line}): ", Assert.Throws<TemplateException>(_folder.Load).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void English_is_required_of_everything()
    {
        foreach (var file in Directory.EnumerateFiles(TemplateFolder.BuiltIn, "*", SearchOption.AllDirectories).Where(file => !file.Contains("/task_failed/sms/en/", StringComparison.Ordinal)))
            _folder.Write(Path.GetRelativePath(TemplateFolder.BuiltIn, file), File.ReadAllText(file));

        Assert.Equal("task_failed/sms/en: It is lacking.", Assert.Throws<TemplateException>(() => TemplateLibrary.Load(_folder.Path)).Message);
    }

    [Fact]
    public void A_folder_that_does_not_exist_is_refused() =>
        Assert.Contains("There is no such folder.", Assert.Throws<TemplateException>(() => TemplateLibrary.Load(TemplateFolder.BuiltIn, "/nowhere")).Message, StringComparison.Ordinal);

    [Fact]
    public void Hidden_files_and_copies_of_editors_are_no_templates()
    {
        _folder.Write("user_registered/email/en/text.liquid~", "{{");
        _folder.Write("user_registered/email/en/.text.liquid.swp", "{{");
        _folder.Write(".git/config", "{{");

        Assert.NotNull(_folder.Load());
    }

    [Fact]
    public void A_file_of_the_operator_takes_the_place_of_the_one_built_in()
    {
        _folder.Write("user_registered/email/en/subject.liquid", "Hi {{ username }}");

        var mail = _folder.Load().Render("user_registered", Channels.Email, "en", Registered);

        Assert.Equal("Hi ada", mail.Subject);
        Assert.Contains("your account \"ada\" is ready", mail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_is_taken_and_a_broken_one_leaves_what_was_there()
    {
        var library = _folder.Load();
        var replaced = 0;
        library.Replaced += () => replaced++;
        Assert.False(library.Refresh());

        _folder.Write("user_registered/email/en/subject.liquid", "Good");
        Assert.True(library.Refresh());
        Assert.False(library.Refresh());
        var path = _folder.Write("user_registered/email/en/subject.liquid", "\nBroken {{ usernam }}");
        _folder.Write("user_registered/email/en/text.liquid", "Good too");
        Assert.StartsWith($"{path}(2): There is no 'usernam'.", Assert.Throws<TemplateException>(() => library.Refresh()).Message, StringComparison.Ordinal);

        var mail = library.Render("user_registered", Channels.Email, "en", Registered);
        Assert.Equal("Good", mail.Subject);
        Assert.DoesNotContain("Good too", mail.Text, StringComparison.Ordinal);
        Assert.False(library.Refresh());

        File.Delete(path);
        Assert.True(library.Refresh());
        Assert.Equal("Good too", library.Render("user_registered", Channels.Email, "en", Registered).Text);
        Assert.Equal(2, replaced);
    }
}
