-- Users of whom everything was erased: nothing new is kept of them. Nothing removes a row, which is an id that is never given out again.
create table erased_users (
    user_id bigint primary key,
    erased_at timestamptz not null default now()
);

-- An insert shares a lock until its commit, and who adds a user here takes it alone: what was not seen to be refused is there to be erased.
create function share_erased_users() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(hashtextextended('airliner.erased_users', 0));
    return null;
end
$$;

create function refuse_erased_user() returns trigger language plpgsql as $$
begin
    if exists (select from erased_users where user_id = new.user_id) then
        raise exception 'the user was deleted' using errcode = 'check_violation', constraint = 'erased_users';
    end if;
    return new;
end
$$;

create trigger tasks_share_erased_users before insert on tasks for each statement execute function share_erased_users();
create trigger files_share_erased_users before insert on files for each statement execute function share_erased_users();

-- A row's first version alone is new: the storage writes the others as upserts.
create trigger tasks_refuse_erased_user before insert on tasks for each row when (new.version = 1) execute function refuse_erased_user();
create trigger files_refuse_erased_user before insert on files for each row when (new.version = 1) execute function refuse_erased_user();
