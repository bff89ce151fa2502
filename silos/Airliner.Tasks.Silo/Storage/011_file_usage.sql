-- What a user's files take together. The last file's deletion removes the row.
create table file_usage (
    user_id bigint primary key,
    bytes bigint not null,
    files bigint not null
);

-- The limits that held when the file was made, by the options of the silo that made it. Null: none, as silos of the version before write it.
-- The first of these locks the table until the commit, so no file comes or goes between the sums and the triggers.
alter table files add column quota_bytes bigint;
alter table files add column max_files bigint;

insert into file_usage (user_id, bytes, files) select user_id, sum(size), count(*) from files group by user_id;

-- The user's row is locked until the commit, so files that are made at once are counted one after the other.
create function count_file() returns trigger language plpgsql as $$
declare
    used file_usage;
begin
    insert into file_usage as present (user_id, bytes, files) values (new.user_id, new.size, 1)
    on conflict (user_id) do update set bytes = present.bytes + excluded.bytes, files = present.files + 1
    returning * into used;
    if used.bytes > new.quota_bytes or used.files > new.max_files then
        raise exception 'the quota of files is used up' using errcode = 'check_violation', constraint = 'files_quota';
    end if;
    return null;
end
$$;

create function discount_file() returns trigger language plpgsql as $$
begin
    update file_usage set bytes = bytes - old.size, files = files - 1 where user_id = old.user_id;
    delete from file_usage where user_id = old.user_id and files <= 0;
    return null;
end
$$;

-- After an insert that inserted: the storage writes later versions as upserts, which end in an update.
create trigger files_count_file after insert on files for each row execute function count_file();
create trigger files_discount_file after delete on files for each row execute function discount_file();
