using Microsoft.Extensions.Configuration;

namespace Airliner.Tasks.Grains;

/// <summary>What files may take: the section <c>Files</c>.</summary>
internal sealed class FileLimits(IConfiguration section)
{
    /// <summary>Bytes of one user's files together: 10 GiB.</summary>
    public long QuotaBytes { get; } = section.GetValue(nameof(QuotaBytes), 10L << 30);

    /// <summary>Files of one user.</summary>
    public long MaxFiles { get; } = section.GetValue(nameof(MaxFiles), 10_000L);
}
