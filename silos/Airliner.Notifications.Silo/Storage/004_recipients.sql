-- How users want to be told. A user who has said nothing has no row.
create table recipients (
    id bigint primary key,              -- the user
    version bigint not null,
    event_sequence bigint not null,
    preferences jsonb not null,         -- as REST shows them
    digests jsonb not null,             -- the last of each category: its mail's notification, and when it is due
    updated_at timestamptz not null
);

create function refuse_erased_recipient() returns trigger language plpgsql as $$
begin
    if exists (select from erased_users where user_id = new.id) then
        raise exception 'the user was deleted' using errcode = 'check_violation', constraint = 'erased_users';
    end if;
    return new;
end
$$;

create trigger recipients_share_erased_users before insert on recipients for each statement execute function share_erased_users();

-- A row's first version alone is new: the storage writes the others as upserts.
create trigger recipients_refuse_erased_user before insert on recipients for each row when (new.version = 1) execute function refuse_erased_recipient();

-- One mail for many notifications.
alter table notifications
    add digest_id bigint,                               -- the one whose mail tells of this one too, or this one itself
    add digest_members jsonb not null default '[]';     -- of which others its own mail told

-- What waits for a digest's mail. Only what waits is in it.
create index notifications_digest_idx on notifications (digest_id, id) where status = 'pending' and digest_id is not null;
