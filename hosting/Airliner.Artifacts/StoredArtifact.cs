namespace Airliner.Artifacts;

/// <summary>What was stored.</summary>
/// <param name="Size">In bytes.</param>
/// <param name="Sha256">The SHA-256 of the bytes, 64 lower-case hex digits.</param>
public sealed record StoredArtifact(long Size, string Sha256);
