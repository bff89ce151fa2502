-- Tasks that were made together. A sweep removes a row some time after its last task has ended, and one that never got a task.
create table task_groups (
    id text primary key,
    version bigint not null,
    event_sequence bigint not null,
    name text not null,                 -- empty once its user was erased
    user_id bigint not null,
    created_at timestamptz not null,
    completed_at timestamptz,
    total int not null,                 -- of a complete group, as the next three; what is left of another is counted
    completed int not null,
    failed int not null,
    cancelled int not null
);

create index task_groups_user_idx on task_groups (user_id);
create index task_groups_open_idx on task_groups (created_at) where completed_at is null;
create index task_groups_completed_idx on task_groups (completed_at) where completed_at is not null;

alter table tasks add column group_id text;

-- The tasks of a group, and those that are left. Tasks without a group are in neither.
create index tasks_group_idx on tasks (group_id) where group_id is not null;
create index tasks_group_left_idx on tasks (group_id) where group_id is not null and status in ('pending', 'processing', 'cancelling');

create trigger task_groups_share_erased_users before insert on task_groups for each statement execute function share_erased_users();
create trigger task_groups_refuse_erased_user before insert on task_groups for each row when (new.version = 1) execute function refuse_erased_user();
