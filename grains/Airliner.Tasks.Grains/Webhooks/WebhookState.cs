using System.Collections.Immutable;
using Airliner.Contracts.Records;
using Airliner.Contracts.Tasks;

namespace Airliner.Tasks.Grains.Webhooks;

/// <summary>A webhook as stored, and how its endpoint does.</summary>
internal sealed record WebhookState : Record
{
    /// <summary>The table, and the name of the grain storage.</summary>
    public const string Table = "webhooks";

    private static readonly TimeSpan _successesToldEvery = TimeSpan.FromMinutes(1);

    public long UserId { get; init; }

    public string Url { get; init; } = "";

    public ImmutableArray<string> Events { get; init; } = [];

    public byte[] SealedSecret { get; init; } = [];

    public string Status { get; init; } = WebhookStatuses.Active;

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? LastSuccessAt { get; init; }

    public DateTimeOffset? LastFailureAt { get; init; }

    public string? LastError { get; init; }

    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>Tries in a row of which no delivery was taken.</summary>
    public int Failures { get; init; }

    /// <summary>Until when the endpoint is left alone, with all that is due to it.</summary>
    public DateTimeOffset HeldUntil { get; init; }

    public static WebhookState Created(CreateWebhook command, WebhookVault vault, DateTimeOffset now) => new()
    {
        UserId = command.UserId,
        Url = command.Url,
        Events = [.. command.Events],
        SealedSecret = vault.Seal(command.WebhookId, command.Secret),
        CreatedAt = now,
        HeldUntil = now,
    };

    public bool MayBeTried(DateTimeOffset now) => Status == WebhookStatuses.Active && HeldUntil <= now;

    /// <summary>After deliveries were tried at once: one that is taken shows that the endpoint lives. The same state where there is nothing new to tell.</summary>
    public WebhookState Tried(IReadOnlyList<WebhookAnswer> answers, WebhookSchedule schedule, TimeSpan disabledAfter, DateTimeOffset now)
    {
        if (answers.FirstOrDefault(answer => answer.IsGone) is { } gone)
            return Failed(gone, now) with { Status = WebhookStatuses.Disabled };
        // Also where it took others of them.
        var asked = answers.Max(answer => answer.RetryAfter) is { } wait && wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        if (answers.Any(answer => answer.Trouble is null))
        {
            return FailingSince is null && LastSuccessAt > now - _successesToldEvery && asked == TimeSpan.Zero
                ? this
                : this with { LastSuccessAt = now, FailingSince = null, Failures = 0, HeldUntil = now + asked };
        }

        var hold = schedule.HoldAfter(Failures + 1);
        var failed = Failed(answers[0], now) with { Failures = Failures + 1, HeldUntil = now + (asked > hold ? asked : hold) };
        return now - failed.FailingSince >= disabledAfter ? failed with { Status = WebhookStatuses.Disabled } : failed;
    }

    public WebhookView View(string webhookId) => new(webhookId, Url, Events, Status, CreatedAt, LastSuccessAt, LastFailureAt, LastError, FailingSince);

    private WebhookState Failed(WebhookAnswer answer, DateTimeOffset now) =>
        this with { LastFailureAt = now, LastError = answer.Trouble, FailingSince = FailingSince ?? now };
}
