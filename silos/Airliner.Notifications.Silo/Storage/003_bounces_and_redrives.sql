-- Mail addresses that mails came back from. A redrive of a mail that went there removes its row, an erasure those of the user's addresses, and a sweep what is old.
create table bounced_addresses (
    address text primary key,           -- in lower case
    kind text not null,                 -- hard or complaint
    reason text not null,
    bounced_at timestamptz not null
);

create index bounced_addresses_bounced_at_idx on bounced_addresses (bounced_at);

alter table notifications
    add column redriven_at timestamptz,             -- its time to be delivered began anew
    add column redrive_command text,                -- a repeat of the command is no second redrive
    add column attempts_before int not null default 0;  -- of its attempts, those before that
