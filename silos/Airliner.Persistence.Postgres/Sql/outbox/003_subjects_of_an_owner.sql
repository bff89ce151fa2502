-- In the order that a relay reads its own rows in, and whose rows there are. It is stepped through from one entity to the next, so that a backlog is not read whole
-- for each page of it. The subject is in it as an expression: no lookup by subject and sequence takes it for the primary key (see 002).
create index outbox_owner_subjects_idx on outbox (owner, (subject || ''));
drop index outbox_owners_idx;
