using System.Globalization;
using DotLiquid;
using DotLiquid.Exceptions;

namespace Airliner.Notifications.Grains.Templates;

/// <summary>A template that cannot be used. The message names the file and, where it does not parse, the line.</summary>
internal sealed class TemplateException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>One Liquid template.</summary>
internal sealed class TemplateFile
{
    // Templates are edited by operators: a loop that does not end must not hold up every other mail.
    private const int MaxIterations = 10_000;

    private readonly string _path;
    private readonly Template _template;

    private TemplateFile(string path, Template template)
    {
        _path = path;
        _template = template;
    }

    /// <summary>Reads and tries a template.</summary>
    /// <exception cref="TemplateException">It does not parse, or does not render.</exception>
    public static TemplateFile Load(string path)
    {
        var source = File.ReadAllText(path).ReplaceLineEndings("\n");
        if (Problem(source) is { } problem)
            throw new TemplateException($"{path}({LineOf(source, problem)}): {SingleLine.Of(problem)}");
        var template = Template.Parse(source, SyntaxCompatibility.DotLiquid22a);
        template.MakeThreadSafe();
        var file = new TemplateFile(path, template);
        // Unknown filters are found by rendering alone.
        file.Render([]);
        return file;
    }

    /// <summary>Renders the template; what the model lacks is empty.</summary>
    /// <exception cref="TemplateException">It failed.</exception>
    public string Render(Hash model)
    {
        try
        {
            return _template.Render(new RenderParameters(CultureInfo.InvariantCulture)
            {
                LocalVariables = model,
                ErrorsOutputMode = ErrorsOutputMode.Rethrow,
                MaxIterations = MaxIterations,
                SyntaxCompatibilityLevel = SyntaxCompatibility.DotLiquid22a,
            });
        }
        catch (Exception error) when (error is LiquidException or FormatException or InvalidOperationException or InvalidCastException or OverflowException)
        {
            throw new TemplateException($"{_path}: {error.Message}", error);
        }
    }

    private static string? Problem(string source)
    {
        try
        {
            Template.Parse(source, SyntaxCompatibility.DotLiquid22a);
            return null;
        }
        catch (LiquidException error)
        {
            return error.Message;
        }
    }

    /// <summary>
    /// The line of the error, which DotLiquid does not tell: the first from which on the text up to there has the same one. A message may quote the
    /// template from the error on, so what is the same is its first line.
    /// </summary>
    private static int LineOf(string source, string problem)
    {
        problem = problem.Split('\n')[0];
        var lines = source.Split('\n');
        var line = lines.Length;
        while (line > 1 && Problem(string.Join('\n', lines[..(line - 1)]))?.StartsWith(problem, StringComparison.Ordinal) == true)
            line--;
        return line;
    }
}
