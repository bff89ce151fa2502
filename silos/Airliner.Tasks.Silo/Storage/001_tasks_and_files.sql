create sequence tasks_ids increment by 64 start with 1000;
create sequence files_ids increment by 64 start with 1000;

create table tasks (
    id bigint primary key,
    version bigint not null,
    event_sequence bigint not null,
    command_id text not null,
    reference text not null,
    task_type text not null,
    user_id bigint not null,
    priority text not null,
    status text not null,
    progress int not null,
    parameters json not null,           -- json keeps what was sent to the letter
    result json,
    error_message text,
    attempts int not null,
    max_attempts int not null,
    timeout_seconds int not null,
    run_at timestamptz,
    due_at timestamptz not null,
    queue_order timestamptz not null,   -- the due time less the priority's boost
    lease_owner text not null,
    lease_until timestamptz,
    created_at timestamptz not null,
    started_at timestamptz,
    completed_at timestamptz,
    updated_at timestamptz not null
) with (fillfactor = 85);               -- a task is updated a few times: leave room to do so in place

-- A user's own list, newest first. An administrator's goes by the primary key.
create index tasks_user_idx on tasks (user_id, id desc);
-- What waits, in the order of its turn, and what runs: both stay small or are read from their start.
create index tasks_due_idx on tasks (task_type, queue_order, id) where status = 'pending';
create index tasks_running_idx on tasks (task_type) where status in ('processing', 'cancelling');

create table files (
    id bigint primary key,
    version bigint not null,
    event_sequence bigint not null,
    command_id text not null,
    user_id bigint not null,
    name text not null,
    size bigint not null,
    content_type text not null,
    sha256 text not null,
    created_at timestamptz not null
);

create index files_user_idx on files (user_id, id desc);
