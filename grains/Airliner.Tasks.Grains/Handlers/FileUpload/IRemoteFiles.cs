namespace Airliner.Tasks.Grains.Handlers.FileUpload;

/// <summary>Fetches files from servers that users name, by the rule on addresses that users give.</summary>
internal interface IRemoteFiles
{
    /// <summary>Asks for a file; ends when the answer begins.</summary>
    /// <exception cref="RemoteAddressException">The rule refuses the address, or where it leads.</exception>
    /// <exception cref="HttpRequestException">The server does not answer, or not as HTTP wants it.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    Task<IRemoteFile> OpenAsync(string url, CancellationToken cancellationToken);
}

/// <summary>The answer of a server that was asked for a file.</summary>
internal interface IRemoteFile : IDisposable
{
    /// <summary>The status: 200 where the file follows.</summary>
    int Status { get; }

    /// <summary>Bytes, where the server says how many.</summary>
    long? Size { get; }

    /// <summary>The media type, without its parameters.</summary>
    string? ContentType { get; }

    /// <summary>What the server calls the file, else the last part of its path.</summary>
    string? Name { get; }

    /// <summary>The bytes, as they come.</summary>
    Task<Stream> ReadAsync(CancellationToken cancellationToken);
}

/// <summary>The rule on addresses that users give refuses one. The message is a sentence without its subject, or says where a name leads.</summary>
internal sealed class RemoteAddressException(string message) : Exception(message);
