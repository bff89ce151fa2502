-- The commands of the last minute, so that a repeat is recognised: each write drops older ones. And when the last session expires,
-- null where there is none: what has expired is swept out of the row. The row stays, since the user's events go on being counted.
alter table user_sessions add column commands jsonb not null default '[]';
alter table user_sessions add column expires_at timestamptz;

update user_sessions set expires_at = updated_at + interval '30 days';

create index user_sessions_expiry_idx on user_sessions (expires_at) where expires_at is not null;
