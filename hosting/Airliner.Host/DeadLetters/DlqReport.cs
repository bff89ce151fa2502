using System.Globalization;
using System.Text;
using System.Text.Json;
using Airliner.Contracts;
using Airliner.Kafka.Redrive;
using Spectre.Console;

namespace Airliner.Host.DeadLetters;

/// <summary>Shows what <c>airliner dlq</c> found, to people or as JSON.</summary>
internal sealed class DlqReport(bool asJson)
{
    private static readonly UTF8Encoding _strictUtf8 = new(false, throwOnInvalidBytes: true);

    public int List(IReadOnlyList<DeadLetterTopic> topics)
    {
        if (asJson)
            return Write(topics.Select(topic => new { Topic = topic.Name, topic.Letters, topic.Waiting, Newest = topic.Newest is { } newest ? Summary(newest) : null }));
        var table = new Table().AddColumns("topic", "letters", "not redriven", "newest", "time", "type", "reason");
        foreach (var topic in topics)
        {
            string[] newest = topic.Newest is { } letter ? [Place(letter), Time(letter), letter.Type ?? "", letter.Reason ?? ""] : ["", "", "", ""];
            table.AddRow([.. new[] { topic.Name, $"{topic.Letters}", $"{topic.Waiting}" }.Concat(newest).Select(Markup.Escape)]);
        }

        Write(table);
        return 0;
    }

    public int Show(KeptLetter letter)
    {
        if (asJson)
        {
            return Write(new
            {
                letter.Topic,
                letter.Partition,
                letter.Offset,
                letter.Time,
                Key = Text(letter.Key),
                Headers = letter.Headers.Select(header => new { Name = header.Key, Value = Text(header.Value) }),
                Value = Text(letter.Value),
            });
        }

        var table = new Table().HideHeaders().AddColumns("", "");
        table.AddRow(new Markup("place"), new Text($"{letter.Topic} {Place(letter)}"));
        table.AddRow(new Markup("time"), new Text(Time(letter)));
        table.AddRow(new Markup("key"), new Text(Text(letter.Key) ?? ""));
        foreach (var (name, value) in letter.Headers)
            table.AddRow(new Text(name), new Text(Text(value) ?? ""));
        Write(table);
        // As it is, so that it can be taken from here.
        Console.WriteLine(Text(letter.Value));
        return 0;
    }

    /// <returns>1 where something was left.</returns>
    public int Redriven(string topic, RedriveResult result)
    {
        if (asJson)
            Write(new { Topic = topic, result.Redriven, Omitted = result.Omitted.Select(Summary) });
        else
            AnsiConsole.MarkupLineInterpolated($"{result.Redriven} of {topic} redriven.");
        foreach (var letter in result.Omitted)
            Console.Error.WriteLine($"airliner: {letter.Topic} {Place(letter)} is without its record, which was too large; it is at {letter.Origin}.");
        return result.Omitted.Count == 0 ? 0 : 1;
    }

    private static object Summary(KeptLetter letter) => new { letter.Partition, letter.Offset, letter.Time, letter.Type, letter.Reason, letter.Origin };

    private static string Place(KeptLetter letter) => $"{letter.Partition}:{letter.Offset}";

    private static string Time(KeptLetter letter) => letter.Time.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Bytes as text; such as are none, in base64.</summary>
    private static string? Text(byte[]? bytes)
    {
        if (bytes is null)
            return null;
        try
        {
            return _strictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return $"base64:{Convert.ToBase64String(bytes)}";
        }
    }

    private static void Write(Table table)
    {
        // A pipe has no width, and what is searched there is better not broken.
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = 240;
        AnsiConsole.Write(table);
    }

    private static int Write(object value)
    {
        Console.WriteLine(JsonSerializer.Serialize(value, AirlinerJson.Options));
        return 0;
    }
}
