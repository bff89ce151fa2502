-- When a task fails for good without having run, what a retry adds to its life, and when it goes.
alter table tasks
    add column uncounted_attempts int not null default 0,   -- those of before its retry, and those that a stopping silo gave back
    add column start_within_seconds int,
    add column deadline timestamptz,
    add column expires_at timestamptz,                      -- the earlier of both limits: when a pending task is too late to start
    add column retry_command_id text not null default '';   -- the command of its last retry: a repeat of it is recognised

-- What the sweeps look for, each read from its start. A row is in none of them while its task runs.
create index tasks_expiry_idx on tasks (expires_at, id) where status = 'pending' and expires_at is not null;
create index tasks_ended_idx on tasks (completed_at) where completed_at is not null;
create index tasks_result_idx on tasks (completed_at) where result is not null;

-- An erased user's task has nothing left to run with: nobody's retry brings it back.
create trigger tasks_refuse_retry_of_erased_user before update on tasks for each row
    when (old.status = 'failed' and new.status = 'pending') execute function refuse_erased_user();
