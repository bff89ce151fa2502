-- What happened to each task: its events, kept by the statement that changes the task. What happened before this table was there is not in it.
create table task_history (
    id bigint not null,                 -- the task
    sequence bigint not null,           -- counts the task's own events from 1
    event json not null,                -- as it is published, to the letter
    primary key (id, sequence)
);

-- A task's history goes with it, however many tasks go at once. A foreign key would do the same, and look each task up for each event that is kept.
create function delete_task_history() returns trigger language plpgsql as $$
begin
    delete from task_history using deleted where task_history.id = deleted.id;
    return null;
end
$$;

create trigger tasks_delete_history after delete on tasks referencing old table as deleted for each statement execute function delete_task_history();
