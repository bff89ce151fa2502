using Airliner.Persistence.Postgres.Records;
using Airliner.Tasks.Grains;

namespace Airliner.Tasks.Silo.Storage;

/// <summary>How tasks and files are kept as rows.</summary>
internal static class TaskTables
{
    public static RecordTable<long, TaskState> Tasks { get; } = new(
        TasksStorage.Tasks,
        [
            Column.Of<TaskState, string>("command_id", task => task.CommandId),
            Column.Of<TaskState, string>("reference", task => task.Reference),
            Column.Of<TaskState, string>("task_type", task => task.TaskType),
            Column.Of<TaskState, long>("user_id", task => task.UserId),
            Column.Of<TaskState, string>("priority", task => task.Priority),
            Column.Of<TaskState, string>("status", task => task.Status),
            Column.Of<TaskState, int>("progress", task => task.Progress),
            Column.JsonAsGiven<TaskState>("parameters", task => task.Parameters),
            Column.JsonAsGiven<TaskState>("result", task => task.Result),
            Column.Of<TaskState, string?>("error_message", task => task.ErrorMessage),
            Column.Of<TaskState, int>("attempts", task => task.Attempts),
            Column.Of<TaskState, int>("max_attempts", task => task.MaxAttempts),
            Column.Of<TaskState, int>("timeout_seconds", task => task.TimeoutSeconds),
            Column.Of<TaskState, DateTimeOffset?>("run_at", task => task.RunAt),
            Column.Of<TaskState, DateTimeOffset>("due_at", task => task.DueAt),
            Column.Of<TaskState, string>("lease_owner", task => task.LeaseOwner),
            Column.Of<TaskState, DateTimeOffset?>("lease_until", task => task.LeaseUntil),
            Column.Of<TaskState, DateTimeOffset>("created_at", task => task.CreatedAt),
            Column.Of<TaskState, DateTimeOffset?>("started_at", task => task.StartedAt),
            Column.Of<TaskState, DateTimeOffset?>("completed_at", task => task.CompletedAt),
            Column.Of<TaskState, DateTimeOffset>("updated_at", task => task.UpdatedAt),
            Column.Of<TaskState, int>("uncounted_attempts", task => task.UncountedAttempts),
            Column.Of<TaskState, int?>("start_within_seconds", task => task.StartWithinSeconds),
            Column.Of<TaskState, DateTimeOffset?>("deadline", task => task.Deadline),
            Column.Of<TaskState, string>("retry_command_id", task => task.RetryCommandId),
            Column.Of<TaskState, string?>("group_id", task => task.GroupId),
            Column.Of<TaskState, long?>("queue_epoch", task => task.QueueEpoch),
            Column.Of<TaskState, DateTimeOffset>("queue_order", task => task.QueueOrder),
            Column.Of<TaskState, DateTimeOffset?>("expires_at", task => task.ExpiresAt),
        ],
        row => new TaskState
        {
            CommandId = row.Next<string>(),
            Reference = row.Next<string>(),
            TaskType = row.Next<string>(),
            UserId = row.Next<long>(),
            Priority = row.Next<string>(),
            Status = row.Next<string>(),
            Progress = row.Next<int>(),
            Parameters = row.Next<string>(),
            Result = row.Next<string?>(),
            ErrorMessage = row.Next<string?>(),
            Attempts = row.Next<int>(),
            MaxAttempts = row.Next<int>(),
            TimeoutSeconds = row.Next<int>(),
            RunAt = row.Next<DateTimeOffset?>(),
            DueAt = row.Next<DateTimeOffset>(),
            LeaseOwner = row.Next<string>(),
            LeaseUntil = row.Next<DateTimeOffset?>(),
            CreatedAt = row.Next<DateTimeOffset>(),
            StartedAt = row.Next<DateTimeOffset?>(),
            CompletedAt = row.Next<DateTimeOffset?>(),
            UpdatedAt = row.Next<DateTimeOffset>(),
            UncountedAttempts = row.Next<int>(),
            StartWithinSeconds = row.Next<int?>(),
            Deadline = row.Next<DateTimeOffset?>(),
            RetryCommandId = row.Next<string>(),
            GroupId = row.Next<string?>(),
            QueueEpoch = row.Next<long?>(),
        })
    { History = TasksStorage.TaskHistory };

    public static RecordTable<long, FileState> Files { get; } = new(
        TasksStorage.Files,
        [
            Column.Of<FileState, string>("command_id", file => file.CommandId),
            Column.Of<FileState, long>("user_id", file => file.UserId),
            Column.Of<FileState, string>("name", file => file.Name),
            Column.Of<FileState, long>("size", file => file.Size),
            Column.Of<FileState, string>("content_type", file => file.ContentType),
            Column.Of<FileState, string>("sha256", file => file.Sha256),
            Column.Of<FileState, DateTimeOffset>("created_at", file => file.CreatedAt),
            Column.Of<FileState, long?>("quota_bytes", file => file.QuotaBytes),
            Column.Of<FileState, long?>("max_files", file => file.MaxFiles),
        ],
        row => new FileState
        {
            CommandId = row.Next<string>(),
            UserId = row.Next<long>(),
            Name = row.Next<string>(),
            Size = row.Next<long>(),
            ContentType = row.Next<string>(),
            Sha256 = row.Next<string>(),
            CreatedAt = row.Next<DateTimeOffset>(),
            QuotaBytes = row.Next<long?>(),
            MaxFiles = row.Next<long?>(),
        });
}
