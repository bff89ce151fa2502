using System.Text.Json;

namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>
/// A member of the parameters together with its path, so that every complaint names it (<c>where[0].op: …</c>). Members
/// that nobody asks for are ignored; a JSON null is the same as an absent member.
/// </summary>
internal readonly struct JsonMember(JsonElement element, string path)
{
    public string Path { get; } = path;

    public bool Exists => Kind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    private JsonValueKind Kind { get; } = element.ValueKind;

    /// <summary>The parameters themselves.</summary>
    public static JsonMember Root(JsonElement parameters)
    {
        var root = new JsonMember(parameters, "");
        return root.Exists ? root : throw root.Wrong("must be an object");
    }

    public JsonMember Member(string name)
    {
        var memberPath = Path.Length == 0 ? name : $"{Path}.{name}";
        if (Kind is not JsonValueKind.Object)
            throw Wrong("must be an object");
        return new(element.TryGetProperty(name, out var value) ? value : default, memberPath);
    }

    /// <summary>The items of a list; an absent member is an empty list.</summary>
    public List<JsonMember> Items()
    {
        var items = new List<JsonMember>();
        if (!Exists)
            return items;
        if (Kind is not JsonValueKind.Array)
            throw Wrong("must be a list");
        foreach (var item in element.EnumerateArray())
            items.Add(new(item, $"{Path}[{items.Count}]"));
        return items;
    }

    public string Text()
    {
        Require();
        if (Kind is not JsonValueKind.String)
            throw Wrong("must be a string");
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // JSON can escape half of a surrogate pair, which no text has.
            throw Wrong("must be Unicode text");
        }
    }

    /// <summary>A string, number or boolean as the text of a cell.</summary>
    public string Scalar()
    {
        Require();
        return Kind switch
        {
            JsonValueKind.String => Text(),
            JsonValueKind.Number => element.GetRawText(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => throw Wrong("must be a string, a number or a boolean"),
        };
    }

    public bool? Boolean() => Kind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ when !Exists => null,
        _ => throw Wrong("must be true or false"),
    };

    public long WholeNumber()
    {
        Require();
        if (Kind is JsonValueKind.Number && element.TryGetInt64(out var number))
            return number;
        throw Wrong("must be a whole number");
    }

    /// <summary>Whether it is a string; what may also be an object asks first.</summary>
    public bool IsText => Kind is JsonValueKind.String;

    public T OneOf<T>(IReadOnlyDictionary<string, T> words)
    {
        var expected = "must be one of " + string.Join(", ", words.Keys);
        if (!Exists)
            throw Wrong("is required; it " + expected);
        return Kind is JsonValueKind.String && words.TryGetValue(Text(), out var value) ? value : throw Wrong(expected);
    }

    public TaskInputException Wrong(string complaint) => new($"{(Path.Length == 0 ? "parameters" : Path)}: {complaint}");

    private void Require()
    {
        if (!Exists)
            throw Wrong("is required");
    }
}
