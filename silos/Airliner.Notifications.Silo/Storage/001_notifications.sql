-- Notifications, one for each event and channel.
create table notifications (
    id bigint primary key,
    version bigint not null,
    event_sequence bigint not null,
    event_id text not null,             -- the event's ce_id
    event_type text not null,
    user_id bigint not null,
    channel text not null,
    recipient text,
    subject text,
    status text not null,
    attempts int not null,
    deliveries jsonb not null,          -- every attempt, in order
    data jsonb not null,                -- the event's value, for the templates
    created_at timestamptz not null,
    sent_at timestamptz,
    next_attempt_at timestamptz,
    error_message text,
    -- A repeated event finds its notifications already there.
    constraint notifications_event_id_channel_key unique (event_id, channel)
);

-- Ids in blocks: see IIdSequences.
create sequence notifications_ids start with 1000 increment by 64;

-- Lists, newest first, by each of their filters.
create index notifications_user_id_idx on notifications (user_id, id);
create index notifications_status_idx on notifications (status, id);
create index notifications_channel_idx on notifications (channel, id);
create index notifications_event_type_idx on notifications (event_type, id);

-- What is due. Only what waits is in it, so it is as small as the work that is left.
create index notifications_due_idx on notifications (next_attempt_at) where status = 'pending';
