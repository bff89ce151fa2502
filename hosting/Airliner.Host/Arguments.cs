namespace Airliner.Host;

/// <summary>A command's options (<c>--name value</c>), switches (<c>--name</c>) and operands.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _options = [];
    private readonly HashSet<string> _switches = [];

    public List<string> Operands { get; } = [];

    public string? this[string option] => _options.GetValueOrDefault(option);

    public bool Has(string name) => _switches.Contains(name);

    /// <summary>Reads a command line.</summary>
    /// <param name="known">The options that the command has, each with a value.</param>
    /// <param name="operands">How many other words it takes, at most.</param>
    /// <param name="switches">The options that it has without a value.</param>
    /// <exception cref="UsageException">The line has something else; the message says what.</exception>
    public static Arguments Parse(string[] words, IReadOnlyCollection<string> known, int operands, params IReadOnlyCollection<string> switches)
    {
        var arguments = new Arguments();
        for (var i = 0; i < words.Length; i++)
        {
            if (!words[i].StartsWith("--", StringComparison.Ordinal))
                arguments.Operands.Add(words[i]);
            else if (switches.Contains(words[i]))
                arguments._switches.Add(words[i]);
            else if (!known.Contains(words[i]))
                throw new UsageException($"There is no option {words[i]}; there are {string.Join(", ", known.Concat(switches))}.");
            else if (i + 1 == words.Length)
                throw new UsageException($"{words[i]} needs a value.");
            else
                arguments._options[words[i]] = words[++i];
        }

        return arguments.Operands.Count <= operands
            ? arguments
            : throw new UsageException($"What is '{arguments.Operands[operands]}' for? The command takes {operands} word(s) beside its options.");
    }
}

/// <summary>The command line is not understood; the message says why.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>The system cannot start; the message says why and what to do.</summary>
internal sealed class StartException(string message, Exception? inner = null) : Exception(message, inner);
