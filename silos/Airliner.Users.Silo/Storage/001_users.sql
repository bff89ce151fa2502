create sequence users_ids increment by 64 start with 1000;

create table users (
    id bigint primary key,
    version bigint not null,
    event_sequence bigint not null,
    command_id text not null,
    username text not null,
    email text not null,
    email_verified boolean not null,
    password_hash text not null,
    first_name text not null,
    last_name text not null,
    date_of_birth date,
    roles jsonb not null,
    status text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
);

create unique index users_command_key on users (command_id);
create unique index users_username_key on users (lower(username));
create unique index users_email_key on users (lower(email));
create index users_administrators_idx on users (id) where roles ? 'admin';
