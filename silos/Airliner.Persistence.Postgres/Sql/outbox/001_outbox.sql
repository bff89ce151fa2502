-- What has happened and is not yet known to be published. A row is written by the statement that changes its entity, and deleted when
-- the broker has it (on a broker that forgets: when it is consumed), so the table is nearly empty while all is well.
create table outbox (
    subject text not null,              -- the entity, as table/id
    sequence bigint not null,           -- counts the entity's own events from 1
    event_id uuid not null,
    topic text not null,
    key text not null,
    type text not null,
    time timestamptz not null,
    payload bytea not null,             -- the value, JSON in UTF-8
    traceparent text,
    owner text not null,                -- the silo that publishes it: address and generation
    primary key (subject, sequence)
) with (
    -- Every row lives for milliseconds: keep the table small by vacuuming early.
    autovacuum_vacuum_scale_factor = 0.0,
    autovacuum_vacuum_threshold = 5000,
    autovacuum_vacuum_cost_delay = 0
);

-- In the order that a relay reads its own rows in.
create index outbox_owner_idx on outbox (owner, subject, sequence);
