using Airliner.Contracts.Records;

namespace Airliner.Persistence.Postgres.Tests.Records;

[Alias("airliner.tests.ISampleGrain")]
public interface ISampleGrain : IGrainWithIntegerKey
{
    /// <summary>Counts up under a name.</summary>
    [Alias("Count")]
    Task<SampleView> Count(string name);

    [Alias("Get")]
    Task<SampleView> Get();
}

/// <summary>What the activation holds, and which it is.</summary>
[GenerateSerializer]
[Immutable]
[Alias("airliner.tests.SampleView")]
public sealed record SampleView([property: Id(0)] Guid Activation, [property: Id(1)] string Name, [property: Id(2)] int Count);

[GrainType("sample")]
internal sealed class SampleGrain([PersistentState("sample", "samples")] IPersistentState<Sample> state) : Grain, ISampleGrain
{
    private readonly Guid _activation = Guid.NewGuid();

    public async Task<SampleView> Count(string name)
    {
        await state.CommitAsync((state.State with { Name = name }).Next());
        return View;
    }

    public Task<SampleView> Get() => Task.FromResult(View);

    private SampleView View => new(_activation, state.State.Name, state.State.Count);
}
