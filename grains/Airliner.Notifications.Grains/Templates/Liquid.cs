using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Fluid;
using Fluid.Values;

namespace Airliner.Notifications.Grains.Templates;

/// <summary>
/// The Liquid that templates are written in: Fluid's, less what reaches beyond the template, grows without bound, or lets markup through. Fluid does not escape
/// lists, and what is appended to an escaped text, so nothing here makes a list, and <c>escape</c> leaves to the HTML parts what they do by themselves.
/// </summary>
internal static class Liquid
{
    /// <summary>Statements that one part may take.</summary>
    public const int MaxSteps = 20_000;

    /// <summary>Characters of the longest text that a filter takes or makes: as many as there are assigned, all of them fit into memory.</summary>
    private const int MaxFilteredLength = 10_000;

    private static readonly string[] _tags = ["#", "assign", "break", "case", "comment", "continue", "for", "if", "raw", "unless"];

    private static readonly string[] _filters =
    [
        "append", "capitalize", "ceil", "date", "default", "divided_by", "downcase", "floor", "minus", "modulo", "plus", "prepend", "remove", "replace", "round", "size",
        "slice", "strip", "times", "truncate", "truncatewords", "upcase", "url_encode",
    ];

    public static FluidParser Parser { get; } = CreateParser();

    public static TemplateOptions Options { get; } = CreateOptions();

    /// <summary>Encodes what HTML gives a meaning to; letters stay as they are.</summary>
    public static TextEncoder Html { get; } = HtmlEncoder.Create(UnicodeRanges.All);

    private static FluidParser CreateParser()
    {
        var parser = new FluidParser();
        foreach (var tag in parser.RegisteredTags.Keys.Except(_tags).ToList())
            parser.RegisteredTags.Remove(tag);
        return parser;
    }

    private static TemplateOptions CreateOptions()
    {
        var options = new TemplateOptions { CultureInfo = CultureInfo.InvariantCulture, MaxSteps = MaxSteps, StrictFilters = true, TimeZone = TimeZoneInfo.Utc };
        var all = options.Filters.ToDictionary();
        options.Filters.Clear();
        foreach (var name in _filters)
            options.Filters.AddFilter(name, Bounded(name, all[name]));
        options.Filters.AddFilter("escape", (input, _, _) => ValueTask.FromResult(input));
        return options;
    }

    private static FilterDelegate Bounded(string name, FilterDelegate filter) => async (input, arguments, context) =>
    {
        if (Enumerable.Range(0, arguments.Count).Select(arguments.At).Prepend(input).Any(IsTooLong) || (name == "replace" && ReplacedLength(input, arguments) > MaxFilteredLength))
            throw TooLong();
        // A width such as %999999999d is a text of that length.
        if (name == "date" && arguments.At(0).ToStringValue().Any(char.IsAsciiDigit))
            throw new FluidException("The format of a date has no digits.");
        var result = await filter(input, arguments, context);
        return IsTooLong(result) ? throw TooLong() : result;

        FluidException TooLong() => new($"The filter '{name}' takes and makes texts of at most {MaxFilteredLength} characters.");
    };

    /// <summary>The length of what <c>replace</c> makes, which may be the product of two lengths.</summary>
    private static long ReplacedLength(FluidValue input, FilterArguments arguments)
    {
        var (text, sought, replacement) = (input.ToStringValue(), arguments.At(0).ToStringValue(), arguments.At(1).ToStringValue());
        var times = sought.Length == 0 ? text.Length + 1 : text.AsSpan().Count(sought);
        return text.Length + ((long)times * (replacement.Length - sought.Length));
    }

    private static bool IsTooLong(FluidValue value) => value.Type == FluidValues.String && value.ToStringValue().Length > MaxFilteredLength;
}
