-- Webhooks. A row goes with its user or by its owner's hand.
create table webhooks (
    id text primary key,
    version bigint not null,
    event_sequence bigint not null,
    user_id bigint not null,
    url text not null,
    events jsonb not null,              -- the types that it is told of
    secret bytea not null,              -- sealed by the server key
    status text not null,
    created_at timestamptz not null,
    last_success_at timestamptz,
    last_failure_at timestamptz,
    last_error text,
    failing_since timestamptz,
    failures int not null,
    held_until timestamptz not null     -- until when the endpoint is left alone
);

create index webhooks_user_idx on webhooks (user_id, created_at desc);

create trigger webhooks_share_erased_users before insert on webhooks for each statement execute function share_erased_users();
create trigger webhooks_refuse_erased_user before insert on webhooks for each row when (new.version = 1) execute function refuse_erased_user();

-- One row for a webhook and an event, however often the event comes. A row goes with its webhook, else after Tasks:Webhooks:KeptFor, which outlasts the event in Kafka.
create table webhook_deliveries (
    webhook_id text not null references webhooks on delete cascade,
    event_id text not null,             -- the event's ce_id
    event_type text not null,
    happened_at timestamptz not null,
    data json,                          -- the event's value to the letter; none once the delivery has ended
    status text not null,
    attempts int not null,
    next_attempt_at timestamptz,
    trouble text,                       -- of the last try
    created_at timestamptz not null,
    primary key (webhook_id, event_id)
) with (fillfactor = 85);

-- What waits, by webhook. Only what waits is in it.
create index webhook_deliveries_due_idx on webhook_deliveries (webhook_id, next_attempt_at) where status = 'pending';
create index webhook_deliveries_created_idx on webhook_deliveries (created_at);
