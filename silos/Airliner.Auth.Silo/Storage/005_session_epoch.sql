-- The last change of the user that ended sessions: what was checked before it opens none. Silos of the version before leave it alone.
alter table user_sessions add column epoch timestamptz;
