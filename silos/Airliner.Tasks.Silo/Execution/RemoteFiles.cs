using Airliner.ServiceDefaults.Outbound;
using Airliner.Tasks.Grains.Handlers.FileUpload;
using Microsoft.Net.Http.Headers;

namespace Airliner.Tasks.Silo.Execution;

/// <summary>Fetches files by HTTPS from where users say.</summary>
internal sealed class RemoteFiles(OutboundHttp http, AllowedHosts allowed) : IRemoteFiles
{
    public async Task<IRemoteFile> OpenAsync(string url, CancellationToken cancellationToken)
    {
        if (!OutboundAddress.TryParse(url, allowed, out var address, out var complaint))
            throw new RemoteAddressException(complaint);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.UserAgent.ParseAdd("Airliner/1.0");
        try
        {
            return new RemoteFile(address, await http.Client.SendAsync(request, cancellationToken));
        }
        catch (HttpRequestException error) when (AddressRefusedException.In(error) is { } refused)
        {
            throw new RemoteAddressException(refused.Message);
        }
    }

    private sealed class RemoteFile(Uri address, HttpResponseMessage answer) : IRemoteFile
    {
        public int Status => (int)answer.StatusCode;

        public long? Size => answer.Content.Headers.ContentLength;

        public string? ContentType => answer.Content.Headers.ContentType?.MediaType;

        public string? Name => Disposition is { FileNameStar.HasValue: true } named ? named.FileNameStar.Value
            : Disposition is { FileName.HasValue: true } quoted ? HeaderUtilities.UnescapeAsQuotedString(quoted.FileName).Value
            : Uri.UnescapeDataString(address.Segments[^1]);

        private ContentDispositionHeaderValue? Disposition =>
            answer.Content.Headers.NonValidated.TryGetValues(HeaderNames.ContentDisposition, out var given)
            && ContentDispositionHeaderValue.TryParse(given.ToString(), out var disposition) ? disposition : null;

        public Task<Stream> ReadAsync(CancellationToken cancellationToken) => answer.Content.ReadAsStreamAsync(cancellationToken);

        public void Dispose() => answer.Dispose();
    }
}
