using System.Collections.Concurrent;
using Airliner.Tasks.Grains.Lifecycle;
using Microsoft.Extensions.Configuration;

namespace Airliner.Tasks.Grains;

/// <summary>What tasks may use: the section <c>Tasks</c>, in which <c>Types:&lt;task type&gt;</c> says where a type differs from the others.</summary>
internal sealed class TaskLimits(IConfiguration section)
{
    private readonly ConcurrentDictionary<string, TaskTypeLimits> _types = new(StringComparer.Ordinal);

    /// <summary>How long a handler may go on after it was told to stop, before its attempt ends without it.</summary>
    public TimeSpan HandlerLetsGoWithin { get; } = section.GetValue(nameof(HandlerLetsGoWithin), TimeSpan.FromSeconds(30));

    /// <summary>How long a silo that stops waits for its handlers to let go. Less than the host's shutdown timeout.</summary>
    public TimeSpan StopsWithin { get; } = section.GetValue(nameof(StopsWithin), TimeSpan.FromSeconds(8));

    /// <summary>Types that one machine client's workers may have registered.</summary>
    public int TypesPerClient { get; } = section.GetValue(nameof(TypesPerClient), 100);

    /// <summary>How long what has ended is kept.</summary>
    public TaskRetention Retention { get; } = section.GetSection(nameof(Retention)).Get<TaskRetention>() ?? new();

    /// <summary>The limits of one type.</summary>
    public TaskTypeLimits Of(string taskType) => _types.GetOrAdd(taskType, type =>
    {
        var limits = new TaskTypeLimits();
        section.Bind(limits);
        section.GetSection($"Types:{type}").Bind(limits);
        return limits;
    });

    /// <summary>Looks at everything that is configured, so that what makes no sense is told at the start.</summary>
    /// <exception cref="InvalidOperationException">Some of it makes no sense; the message names each setting and its rule.</exception>
    public TaskLimits Checked()
    {
        TaskLimitRules.Check("Tasks", TaskLimitRules.Wrong(Of("")).Concat(TaskLimitRules.Wrong(this)));
        TaskLimitRules.Check("Tasks:Retention", TaskLimitRules.Wrong(Retention));
        foreach (var type in section.GetSection("Types").GetChildren())
            TaskLimitRules.Check($"Tasks:Types:{type.Key}", TaskLimitRules.Wrong(Of(type.Key)));
        return this;
    }
}
