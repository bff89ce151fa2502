-- Who did what to whom, when and from where. A row is written by the commit that it tells of, and is never changed; a sweep takes it away
-- when it is older than Audit:KeptFor. Each row's mac covers the row and the mac of the one before it in its chain, under a key that is
-- not in the database: `airliner audit verify` finds what was changed, taken away or put in.
create table audit (
    id bigint generated always as identity primary key,
    chain bigint not null,
    sequence bigint not null,           -- counts the chain's rows from 1
    at timestamptz not null,
    action text not null,
    actor text not null,                -- user, client, anonymous or system
    actor_user_id bigint,
    actor_client_id text,
    user_id bigint,                     -- whom it happened to
    client_id text,
    key_user_id bigint,                 -- whose key origin is sealed with; 0 is nobody's
    origin bytea,                       -- address and user agent, sealed; null where there is none, or where its user is erased
    details text,                       -- JSON as it was when it was signed
    mac bytea not null,
    unique (chain, sequence)
);

create index audit_user_idx on audit (user_id, id) where user_id is not null;
create index audit_actor_idx on audit (actor_user_id, id) where actor_user_id is not null;

create function audit_is_only_added_to() returns trigger language plpgsql as $$
begin
    raise exception 'the audit log is only ever added to';
end
$$;

create trigger audit_is_only_added_to before update on audit for each row execute function audit_is_only_added_to();

-- A chain is what one writer, a silo's process and what it writes by, has written between two faults. Chains count from 1 without a gap;
-- those that are swept whole go from the lowest on, and how far they went is the sequence of row 0.
create table audit_chains (
    id bigint primary key,
    writer text not null,
    began_at timestamptz not null,
    sequence bigint not null,           -- of the last row
    mac bytea not null,                 -- of the last row
    head_mac bytea not null,            -- over this row, so that the last rows cannot go unnoticed
    swept_sequence bigint not null,     -- of the last row that was swept
    swept_mac bytea not null,           -- of the last row that was swept
    anchor_mac bytea not null           -- over what was swept, so that nobody else can sweep
);

-- The key of a user's addresses, itself sealed. An erasure sets it null, and it stays so: what is written later of that user has no
-- address. A row goes with the last entry of its user.
create table audit_keys (
    user_id bigint primary key,
    key bytea,
    made_at timestamptz not null
);
