create sequence schedules_ids increment by 16 start with 1000;

-- Cron schedules. A row goes when its user deletes it or is deleted; a user has a bounded number of them.
create table schedules (
    id bigint primary key,
    version bigint not null,
    event_sequence bigint not null,
    command_id text not null,
    user_id bigint not null,
    name text not null,
    cron text not null,
    time_zone text not null,
    missed_runs text not null,
    task_type text not null,
    priority text not null,
    parameters json not null,           -- json keeps what was sent to the letter
    max_attempts int,
    timeout_seconds int,
    created_at timestamptz not null,
    next_run_at timestamptz,
    last_run_at timestamptz,
    last_task_id bigint
);

create index schedules_user_idx on schedules (user_id, id desc);
create index schedules_due_idx on schedules (next_run_at);
create unique index schedules_command_key on schedules (command_id) where command_id like 'key-%';

create trigger schedules_share_erased_users before insert on schedules for each statement execute function share_erased_users();
create trigger schedules_refuse_erased_user before insert on schedules for each row when (new.version = 1) execute function refuse_erased_user();
