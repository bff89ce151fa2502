-- The last command that changed the user. Silos of the version before leave it alone.
alter table users add column last_command_id text not null default '';

-- Lists by status.
create index users_status_idx on users (status, id);

-- There is always an active administrator, whatever takes one away: roles, status or deletion, in whichever silo. The lock lets one such change be
-- decided at a time; it is held until its commit, so the next one sees what it did. Two that demote each other are thereby one after the other.
create function users_keep_administrator() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('airliner.users_last_administrator', 0));
    if not exists (select from users where id <> old.id and roles ? 'admin' and status = 'active') then
        raise exception 'the last active administrator stays' using errcode = 'check_violation', constraint = 'users_last_administrator';
    end if;
    return coalesce(new, old);
end
$$;

create trigger users_keep_administrator_update before update on users for each row
    when (old.roles ? 'admin' and old.status = 'active' and not (new.roles ? 'admin' and new.status = 'active'))
    execute function users_keep_administrator();

create trigger users_keep_administrator_delete before delete on users for each row
    when (old.roles ? 'admin' and old.status = 'active')
    execute function users_keep_administrator();
