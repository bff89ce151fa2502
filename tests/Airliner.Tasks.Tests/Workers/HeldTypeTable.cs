using Airliner.Tasks.Grains.Workers;

namespace Airliner.Tasks.Tests.Workers;

/// <summary>The table of types, at which a test holds up one worker.</summary>
internal sealed class HeldTypeTable(ITaskTypeTable table) : ITaskTypeTable
{
    private readonly TaskCompletionSource _mayGoOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _held;

    public Task<IReadOnlyList<string>> AllAsync() => table.AllAsync();

    public async Task<bool> RegisterAsync(string clientId, IReadOnlyList<string> taskTypes, int most)
    {
        if (Interlocked.Exchange(ref _held, null) is { } held)
        {
            held.SetResult();
            await _mayGoOn.Task;
        }

        return await table.RegisterAsync(clientId, taskTypes, most);
    }

    /// <summary>Holds up whoever registers next.</summary>
    /// <returns>Ends when somebody is held.</returns>
    public Task HoldAsync()
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _held = held;
        return held.Task;
    }

    public void LetGo() => _mayGoOn.SetResult();
}
