using System.ComponentModel;
using System.Diagnostics;

namespace Airliner.Host.Backup;

/// <summary>Runs a program whose input and output are streams, as large as they are.</summary>
/// <param name="Command">The program and its arguments.</param>
/// <param name="Environment">What it is told besides.</param>
internal sealed record ExternalProgram(IReadOnlyList<string> Command, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>Runs it to its end.</summary>
    /// <exception cref="BackupException">It is not there, or it failed; the message has what it wrote.</exception>
    public async Task RunAsync(Stream? input, Stream? output, CancellationToken cancellationToken)
    {
        using var process = Start();
        using var killed = cancellationToken.Register(() => process.Kill(entireProcessTree: true));
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            var written = WriteAsync(process, input);
            await process.StandardOutput.BaseStream.CopyToAsync(output ?? Stream.Null, CancellationToken.None);
            await written;
        }
        catch
        {
            // What cannot be read or kept ends it, or it would wait for ever.
            process.Kill(entireProcessTree: true);
            throw;
        }

        await process.WaitForExitAsync(CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
        if (process.ExitCode != 0)
            throw new BackupException($"{Path.GetFileName(Command[0])} failed with {process.ExitCode}: {(await errors).Trim()}");
    }

    /// <summary>Runs it to its end, and answers what it wrote, without the last line end.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        using var output = new MemoryStream();
        await RunAsync(input: null, output, cancellationToken);
        return System.Text.Encoding.UTF8.GetString(output.ToArray()).TrimEnd('\n');
    }

    /// <summary>Starts it with all its streams open.</summary>
    /// <exception cref="BackupException">It is not there.</exception>
    public Process Start()
    {
        var start = new ProcessStartInfo(Command[0], Command.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        // A caller's PGDATABASE, PGOPTIONS and their like are meant for some other server.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        foreach (var (name, value) in Environment)
            start.Environment[name] = value;
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            throw new BackupException($"{Command[0]} cannot be started: {error.Message}", error);
        }
    }

    private static async Task WriteAsync(Process process, Stream? input)
    {
        // The base stream writes at once, so that closing it can fail no more.
        await using var pipe = process.StandardInput.BaseStream;
        var buffer = new byte[81920];
        for (int read; input is not null && (read = await input.ReadAsync(buffer)) > 0;)
        {
            try
            {
                await pipe.WriteAsync(buffer.AsMemory(0, read));
            }
            catch (IOException)
            {
                // It ended before it had read all; its exit code says whether that is a failure.
                return;
            }
        }
    }
}
