-- A row goes when it has expired and never raised an event: those are the names that nobody has. One of an account stays, one for
-- each account at most, since its events go on being counted from where they were.
create table login_guards (
    id text primary key,                -- u and the user's id, or n and the hash of a name that nobody has
    version bigint not null,
    event_sequence bigint not null,
    sources jsonb not null,
    strangers jsonb not null,
    expires_at timestamptz not null
);

create index login_guards_expiry_idx on login_guards (expires_at) where event_sequence = 0;
