-- Whose rows there are. No column of the primary key is in it: while the table is nearly empty the planner takes one index that has them for as good as another,
-- and a lookup by subject and sequence read the whole of this one.
create index outbox_owners_idx on outbox (owner);
drop index outbox_owner_idx;

-- Plans are made for the table as it is when it is not empty. It would be cut back to nothing by each vacuum, and the plans that are made then, which read it whole,
-- are kept until the next; statistics of an empty moment do the same.
alter table outbox set (vacuum_truncate = off, autovacuum_analyze_threshold = 1000000000);
