-- Lists are newest first. Each of these indexes has, for one set of filters, all that passes it side by side in that order, so that a page is read from its
-- first row and a count stops at its bound, however many tasks there are. The id is turned around, in a way that no other index has after the same columns: an
-- order by it leaves the planner one way to go.
drop index tasks_user_idx;
create index tasks_user_idx on tasks (user_id, (-id)) include (id);
create index tasks_kind_idx on tasks (task_type, status, priority, (-id)) include (id);
create index tasks_user_kind_idx on tasks (user_id, task_type, status, priority, (0 - id)) include (id);

-- Within which times the tasks of each 4,096 ids were made, so that a list by time passes over the others. Ids are handed out in blocks, which may be used late:
-- a task's time does not follow from its id. The sweep of ended tasks removes the rows whose tasks are gone.
create table task_spans (
    span bigint primary key,            -- id / 4096
    first_created_at timestamptz not null,
    last_created_at timestamptz not null    -- rounded up to the minute, so that a busy span is widened once a minute
);

create function widen_task_spans() returns trigger language plpgsql as $$
begin
    insert into task_spans as present (span, first_created_at, last_created_at)
    select span, first_created_at, last_created_at
    from (select id / 4096 as span, min(created_at) as first_created_at, date_trunc('minute', max(created_at)) + interval '1 minute' as last_created_at
          from made group by 1) as given
    where not exists (
        select from task_spans as wide
        where wide.span = given.span and wide.first_created_at <= given.first_created_at and wide.last_created_at >= given.last_created_at)
    order by span   -- whoever widens several does so in one order, and nobody waits in a circle
    on conflict (span) do update set
        first_created_at = least(present.first_created_at, excluded.first_created_at),
        last_created_at = greatest(present.last_created_at, excluded.last_created_at);
    return null;
end
$$;

-- First the trigger, whose lock keeps writers out until what is there was counted.
create trigger tasks_widen_spans after insert on tasks referencing new table as made for each statement execute function widen_task_spans();

insert into task_spans (span, first_created_at, last_created_at)
select id / 4096, min(created_at), date_trunc('minute', max(created_at)) + interval '1 minute' from tasks group by 1;
