-- Sessions and machine clients whose access tokens are revoked, and single tokens, until the last of them has expired.
create table revocations (
    id text collate "C" primary key,    -- sid, client_id or jti
    expires_at timestamptz not null
);

create index revocations_expires_at on revocations (expires_at);

alter table oauth_clients
    add column command_id text not null default '',
    add column name text not null default '',
    add column updated_at timestamptz not null default now();
