using Airliner.Host.Embedded;
using Airliner.ServiceDefaults;
using Spectre.Console;

namespace Airliner.Host.Status;

/// <summary>Who a command logs in as.</summary>
/// <param name="Source">Where the password is from, for whoever is told that it is wrong.</param>
internal sealed record AdminCredentials(string Username, string Password, string Source)
{
    private const string PasswordSetting = "AIRLINER_ADMIN_PASSWORD";
    private const string FileName = "admin-password";

    public static IReadOnlyCollection<string> Options { get; } = ["--data", "--username"];

    /// <summary>
    /// The password that the environment has; else the one that <c>./airliner up</c> left in its data folder, or <c>./airliner secrets</c> made for Compose,
    /// whichever system runs; else the one that is typed in.
    /// </summary>
    /// <exception cref="StartException">There is none, and nobody to ask for it; or its file cannot be read.</exception>
    public static AdminCredentials Find(Arguments arguments)
    {
        try
        {
            return FindSomewhere(arguments);
        }
        catch (InvalidOperationException error)
        {
            throw new StartException(error.Message, error);
        }
    }

    private static AdminCredentials FindSomewhere(Arguments arguments)
    {
        var configuration = new ConfigurationManager();
        configuration.AddEnvironmentVariables();
        var username = arguments["--username"] ?? configuration["AIRLINER_ADMIN_USERNAME"];
        if (SecretFile.Setting(configuration, PasswordSetting) is { } given)
            return new(username ?? "admin", given, PasswordSetting);

        var data = EmbeddedSettings.From(arguments).DataFolder;
        string[] files = [Path.Combine(data, FileName), Path.Combine(configuration["AIRLINER_SECRETS"] ?? "secrets", FileName)];
        // A file of the system that does not run would be tried in vain, and be counted as a guess.
        var file = DataFolderLock.IsTaken(data) ? files[0] : files[1];
        if (arguments["--username"] is null && File.Exists(file))
        {
            // In the data folder the account's name is above it.
            var lines = SecretFile.Read(file).Split('\n');
            return new(lines.Length > 1 ? lines[0].Trim() : username ?? "admin", lines[^1], file);
        }

        if (Console.IsInputRedirected)
            throw new StartException($"An administrator's password is needed: set {PasswordSetting} or {PasswordSetting}_FILE. There is none in {file}.");
        username ??= "admin";
        // Not among what a program may read.
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return new(username, console.Prompt(new TextPrompt<string>($"Password of [blue]{Markup.Escape(username)}[/]:").Secret()), "what was typed in");
    }
}
