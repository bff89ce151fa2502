-- From when on a notification's time to be delivered counts. Null where it was not tried, or by a silo of the version before.
alter table notifications add column tried_from timestamptz;
