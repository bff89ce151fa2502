namespace Airliner.Compose.Tests.Load;

/// <summary>A request that was not answered as it must be.</summary>
/// <param name="Asked">When it was sent, since the load began.</param>
/// <param name="Ended">When it was answered, or given up.</param>
internal sealed record FailedRequest(TimeSpan Asked, TimeSpan Ended, string What, string How)
{
    public override string ToString() => $"at {Asked.TotalSeconds:0.0} s, for {(Ended - Asked).TotalSeconds:0.0} s: {What}: {How}";
}
