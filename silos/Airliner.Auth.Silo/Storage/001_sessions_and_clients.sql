create table user_sessions (
    id bigint primary key,              -- the user
    version bigint not null,
    event_sequence bigint not null,
    sessions jsonb not null,
    updated_at timestamptz not null
);

create table oauth_clients (
    id text primary key,                -- the client id
    version bigint not null,
    event_sequence bigint not null,
    secret_salt bytea not null,
    secret_hash bytea not null,
    scopes jsonb not null,
    created_at timestamptz not null
);
