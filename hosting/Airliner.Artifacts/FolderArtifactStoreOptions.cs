using System.ComponentModel.DataAnnotations;

namespace Airliner.Artifacts;

/// <summary>The section <c>Artifacts</c> of the configuration, where it names no bucket.</summary>
public sealed class FolderArtifactStoreOptions
{
    /// <summary>The folder, or mounted volume, that gateways and task silos share. Made where it does not exist.</summary>
    [Required(AllowEmptyStrings = false, ErrorMessage = "Artifacts:Folder must name the folder that holds the bytes of files, unless Artifacts:S3:Bucket names a bucket.")]
    public string Folder { get; set; } = "";
}
