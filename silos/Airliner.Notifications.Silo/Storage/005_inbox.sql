-- The inbox: what is sent by being there, until it is read and after.
alter table notifications
    add column read_at timestamptz,
    -- The transaction that last changed an entry of the inbox. Ids are taken in blocks and tell nothing of when a row was committed. Null: before this step.
    add column changed_in xid8;
alter table notifications alter column changed_in set default pg_current_xact_id();

create function stamp_notification() returns trigger language plpgsql as $$
begin
    new.changed_in = pg_current_xact_id();
    return new;
end
$$;

create trigger notifications_stamp before update on notifications for each row
    when (new.channel = 'inapp' and (old.status, old.read_at) is distinct from (new.status, new.read_at)) execute function stamp_notification();

-- The unread ones, which are counted for every open inbox.
create index notifications_unread_idx on notifications (user_id, id) where channel = 'inapp' and status = 'sent' and read_at is null;

-- An inbox in the order of its changes.
create index notifications_inbox_idx on notifications (user_id, changed_in, id) where channel = 'inapp' and status = 'sent';

-- Web Push: the browsers of users. The id is that of the address, so that one is there once, whoever's it is now.
create table push_subscriptions (
    id text primary key,
    user_id bigint not null,
    endpoint text not null,
    keys bytea not null,                -- p256dh and auth, sealed by the server key
    created_at timestamptz not null
);

create index push_subscriptions_user_idx on push_subscriptions (user_id, created_at desc);

create trigger push_subscriptions_share_erased_users before insert on push_subscriptions for each statement execute function share_erased_users();
create trigger push_subscriptions_pass_over_erased_user before insert on push_subscriptions for each row execute function pass_over_erased_user();
