-- The activations of a queue follow one another, and the last one has the highest epoch. A row for each task type: nothing removes one, for types are few.
create table task_queues (
    task_type text primary key,
    epoch bigint not null
);

-- Under which epoch a running task was started; null where it does not run, or was started by a silo of the version before.
alter table tasks add column queue_epoch bigint;

-- What waits, of each user and of all, by priority and time: a queue reads the first ones of each, and none that is not due.
create index tasks_turn_idx on tasks (task_type, user_id, priority, due_at, id) where status = 'pending';
create index tasks_waiting_idx on tasks (task_type, priority, due_at, id) where status = 'pending';
drop index tasks_due_idx;

-- A start shares a lock until its commit, and who takes an epoch takes it alone: the start was committed before, or is refused after.
-- A transition to a start alone pays for it. The version before says no epoch, and may start what it likes while both run.
create function refuse_old_epoch() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(hashtextextended('airliner.task_queues/' || new.task_type, 0));
    if new.queue_epoch is distinct from (select epoch from task_queues where task_type = new.task_type) then
        raise exception 'epoch % of the queue is over', new.queue_epoch using errcode = 'check_violation', constraint = 'task_queues_epoch';
    end if;
    return new;
end
$$;

create trigger tasks_refuse_old_epoch before update on tasks for each row
    when (old.status = 'pending' and new.status = 'processing' and new.queue_epoch is not null) execute function refuse_old_epoch();
