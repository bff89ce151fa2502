-- Users of whom everything was erased: nothing new is kept of them. Nothing removes a row, which is an id that is never given out again.
create table erased_users (
    user_id bigint primary key,
    erased_at timestamptz not null default now()
);

-- An insert shares a lock until its commit, and who adds a user here takes it alone: what was not seen to be passed over is there to be erased.
create function share_erased_users() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(hashtextextended('airliner.erased_users', 0));
    return null;
end
$$;

create function pass_over_erased_user() returns trigger language plpgsql as $$
begin
    return case when exists (select from erased_users where user_id = new.user_id) then null else new end;
end
$$;

create trigger notifications_share_erased_users before insert on notifications for each statement execute function share_erased_users();

-- A row's first version alone is new: the storage writes the others as upserts. Passed over, not refused: the others of the batch are not held up.
create trigger notifications_pass_over_erased_user before insert on notifications for each row when (new.version = 1) execute function pass_over_erased_user();
