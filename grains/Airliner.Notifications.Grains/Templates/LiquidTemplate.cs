using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Airliner.Contracts.Notifications;
using Fluid;
using Fluid.Values;

namespace Airliner.Notifications.Grains.Templates;

/// <summary>One part of a notification, in <see cref="Liquid"/>. Threads may share it.</summary>
internal sealed partial class LiquidTemplate
{
    private readonly string _file;
    private readonly IFluidTemplate _template;
    private readonly TextEncoder _encoder;

    private LiquidTemplate(string file, IFluidTemplate template, bool isHtml)
    {
        _file = file;
        _template = template;
        _encoder = isHtml ? Liquid.Html : NullEncoder.Default;
    }

    /// <summary>Parses and checks a template.</summary>
    /// <param name="file">What errors call it.</param>
    /// <param name="isHtml">Whether values are encoded for HTML.</param>
    /// <param name="known">A sample of each value that the template may name.</param>
    /// <exception cref="TemplateException">It does not parse, is too large, or names a filter or value that does not exist.</exception>
    public static LiquidTemplate Parse(string file, string source, bool isHtml, IReadOnlyDictionary<string, JsonElement> known)
    {
        source = source.ReplaceLineEndings("\n");
        if (Excess(source) is { } excess)
            throw new TemplateException(file, null, excess);
        if (!Liquid.Parser.TryParse(source, out var template, out var error))
            throw Unparsable(file, error);
        var check = new TemplateCheck(source, known);
        check.VisitTemplate(template);
        return check.Problem is var (line, reason) ? throw new TemplateException(file, line, reason) : new LiquidTemplate(file, template, isHtml);
    }

    /// <summary>Renders the template; what the model lacks is empty.</summary>
    /// <exception cref="TemplateException">It failed, or takes too many steps or characters.</exception>
    public string Render(IReadOnlyDictionary<string, FluidValue> model)
    {
        var context = new TemplateContext(Liquid.Options);
        foreach (var (name, value) in model)
            context.SetValue(name, value);
        using var text = new BoundedText();
        try
        {
            var rendering = _template.RenderAsync(text, _encoder, context);
            // Neither our filters nor our writer wait for anything. If one did, a grain's turn must not wait for what only that turn can go on with.
            if (!rendering.IsCompleted)
                throw new NotSupportedException("A template waits for something.");
            rendering.GetAwaiter().GetResult();
            return text.ToString();
        }
        catch (InvalidOperationException error)
        {
            // Fluid's word for too many steps, though it speaks of recursion, for which there is no tag.
            throw new TemplateException(_file, null, $"It takes more than {Liquid.MaxSteps} steps.", error);
        }
        catch (Exception error)
        {
            // Filters throw whatever .NET throws at their arguments.
            throw new TemplateException(_file, null, SingleLine.Of(error.Message), error);
        }
    }

    /// <summary>
    /// Parser and renderer call themselves for each level of nesting, and a stack that overflows ends the process: what opens a level is counted, closed or not.
    /// Tried with a stack of 1.5 MB, as threads of the pool have: 300 tags or brackets, 1,000 filters and 4,000 conjunctions pass; 1,000, 4,000 and 10,000 do not.
    /// </summary>
    private static string? Excess(string source)
    {
        if (source.Length > PreviewNotification.MaxSourceLength)
            return $"It is longer than {PreviewNotification.MaxSourceLength} characters.";
        (string What, int Count, int Most)[] levels =
        [
            ("tags ({%)", source.AsSpan().Count("{%"), 200),
            ("brackets", source.Count(letter => letter is '(' or '['), 200),
            ("filters (|)", source.Count(letter => letter == '|'), 500),
            ("times 'and' and 'or'", Conjunction().Count(source), 1000),
        ];
        return levels.Where(level => level.Count > level.Most).Select(level => $"It has {level.Count} {level.What}; {level.Most} are allowed.").FirstOrDefault();
    }

    /// <summary>Fluid's message ends with the place, and quotes the source after it.</summary>
    private static TemplateException Unparsable(string file, string error) =>
        Place().Match(error) is { Success: true } place
            ? new(file, int.Parse(place.Groups["line"].ValueSpan, CultureInfo.InvariantCulture), SingleLine.Of(place.Groups["reason"].Value) + ".")
            : new(file, null, SingleLine.Of(error));

    [GeneratedRegex(@"\b(and|or)\b")]
    private static partial Regex Conjunction();

    [GeneratedRegex(@"\A(?<reason>.*?) at \((?<line>\d+):\d+\)", RegexOptions.Singleline)]
    private static partial Regex Place();
}
