namespace Airliner.Notifications.Grains.Templates;

/// <summary>A template that cannot be used. The message names file and line, as compilers do.</summary>
/// <param name="file">The file's path, or what else it is called by.</param>
/// <param name="line">Where in the file, from 1; null where that is not known.</param>
/// <param name="reason">What is wrong, as a sentence.</param>
internal sealed class TemplateException(string file, int? line, string reason, Exception? innerException = null)
    : Exception(line is null ? $"{file}: {reason}" : $"{file}({line}): {reason}", innerException)
{
    public string File => file;

    public int? Line => line;

    public string Reason => reason;
}
