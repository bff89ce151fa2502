-- A step of a later version, of the kinds that there are.
alter table tasks
    add column added_later text,
    add column counted_later int not null default 0;

create table things_of_a_later_version (id bigint primary key);

create index tasks_added_later_idx on tasks (added_later) where added_later is not null;
