-- The types whose tasks workers outside run. A sweep removes one that no worker has offered for a month and that has no unfinished task.
create table task_types (
    task_type text primary key,
    registered_by text not null,    -- the machine client that was first; others may work it too
    registered_at timestamptz not null,
    last_seen timestamptz not null
);

-- How many a client has is counted whenever one of its workers connects.
create index task_types_client_idx on task_types (registered_by);
