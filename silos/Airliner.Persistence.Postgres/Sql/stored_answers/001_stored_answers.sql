-- Idempotency keys, and what was answered to them. A row goes when it has expired, a day after its key was used first, or with its user.
create table stored_answers (
    id text collate "C" primary key,    -- the hash of caller, method, path and key
    version bigint not null,
    event_sequence bigint not null,
    command_id text not null,
    body_hash bytea not null,           -- keyed: the body may hold a password
    try_id uuid not null,
    held_until timestamptz,             -- null where no try holds the key
    user_id bigint,                     -- whose data the row holds
    status int,                         -- null until there is an answer
    headers jsonb,
    body bytea,
    expires_at timestamptz not null
);

create index stored_answers_expiry_idx on stored_answers (expires_at);
create index stored_answers_user_idx on stored_answers (user_id) where user_id is not null;
